import { z } from 'zod';
import { onboardingRequestSchema } from '../request.js';

/** Every field name of the request's schema. Other keys are the upstream's words and appear in no error. */
export const fieldNames: ReadonlySet<string> = new Set(namesIn(z.toJSONSchema(onboardingRequestSchema)));

function namesIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]: [string, unknown]) =>
    key === 'properties'
      ? [...Object.keys(value as object), ...namesIn(Object.values(value as object))]
      : namesIn(value),
  );
}
