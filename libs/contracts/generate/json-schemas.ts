import { z } from 'zod';
import { allContracts } from '../all-contracts.js';
import type { Contract } from '../contract.js';
import { envelopeSchema } from '../envelope.js';
import { individualRequestExample, organizationRequestExample } from '../request-examples.js';
import { onboardingRequestSchema } from '../request.js';
import { examplesOf } from './examples.js';

/** A JSON Schema of draft 7: what AsyncAPI, ajv and most sinks read without being told. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The schema of a whole record of a contract: envelope and data. */
export function recordSchemaOf(contract: Contract): JsonSchema {
  const record = envelopeSchema.extend({ type: z.literal(contract.type), data: contract.schema });
  return { title: contract.type, description: contract.summary, ...schemaOf(record) };
}

/** Every file of `docs/schemas/` by its name. */
export function jsonSchemaFiles(): ReadonlyMap<string, string> {
  const records = allContracts.map(
    (contract) =>
      [`${contract.type}.json`, { ...recordSchemaOf(contract), examples: examplesOf(contract) }] as const,
  );
  const request = {
    title: 'onboarding request',
    description:
      'What an upstream asks for: `request` of onboarding.requested.v1 and the body of POST /v1/onboardings.',
    ...schemaOf(onboardingRequestSchema),
    examples: [individualRequestExample, organizationRequestExample],
  };
  return new Map(
    [...records, ['onboarding-request.json', request] as const].map(([name, schema]) => [
      name,
      JSON.stringify(schema),
    ]),
  );
}

/** `input`: unknown attributes of an envelope are allowed, as CloudEvents wants; unknown fields of data are not. */
function schemaOf(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { target: 'draft-7', io: 'input' });
}
