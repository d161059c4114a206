import type { z } from 'zod';
import {
  envelopeSchema,
  identifier,
  parseJson,
  pointersOf,
  UnreadableRecord,
  type OnboardingEvent,
} from './envelope.js';
import { onboardingIdOf } from './onboarding-id.js';
import { onboardingRequested, type Requested } from './requested.js';

/**
 * The envelope as upstreams write it: what we can derive they may leave out. `time` is when they asked, `subject` the
 * onboarding id, which must be the derived one.
 */
const intakeSchema = envelopeSchema.partial({ subject: true, time: true, stage: true, correlationid: true });

/**
 * Reads a record of the intake. Throws {@link UnreadableRecord} where it names no tenant, request id or kind of applicant,
 * so that nobody can be told of it; what the request itself says is not looked at.
 */
export function parseRequested(value: Buffer | null, receivedAt: Date): OnboardingEvent<Requested> {
  const envelope = intakeSchema.safeParse(parseJson(value));
  if (!envelope.success) throw new UnreadableRecord(`wrong_envelope:${pointersOf(envelope.error)}`);
  if (envelope.data.type !== onboardingRequested.type) throw new UnreadableRecord('unknown_type');
  return toEvent(envelope.data, receivedAt);
}

function toEvent(envelope: z.infer<typeof intakeSchema>, receivedAt: Date): OnboardingEvent<Requested> {
  const onboardingId = onboardingIdOf(envelope.tenantid, envelope.requestid);
  if (envelope.subject !== undefined && envelope.subject !== onboardingId)
    throw new UnreadableRecord('wrong_subject');
  const data = onboardingRequested.schema.safeParse(envelope.data);
  if (!data.success) throw new UnreadableRecord(`wrong_schema:${pointersOf(data.error)}`);
  return {
    id: asIdentifier(envelope.id) ?? onboardingId,
    type: envelope.type,
    time: envelope.time ?? receivedAt.toISOString(),
    onboardingId,
    tenantId: envelope.tenantid,
    requestId: envelope.requestid,
    applicantKind: envelope.applicantkind,
    stage: envelope.stage === 'gateway' ? 'gateway' : 'upstream',
    correlationId: asIdentifier(envelope.correlationid) ?? onboardingId,
    data: data.data,
  };
}

/** Ids go on every later event and log line: what is not of an id's alphabet could be a person's name or address. */
function asIdentifier(id: string | undefined): string | undefined {
  return identifier.safeParse(id).data;
}
