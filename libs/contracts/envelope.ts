import { z } from 'zod';
import type { ApplicantKind, Contract } from './contract.js';
import type { DeadLetterCode } from './reason-codes.js';

/** Tenant and request ids: printable, bounded, and by their alphabet no e-mail address or name with spaces. */
export const identifier = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/u);

/** Attributes that every record carries (CloudEvents 1.0 in structured mode, extensions in lower case). */
export const envelopeSchema = z.object({
  specversion: z.literal('1.0'),
  id: z.string().min(1).max(200).describe('One id per state change: a duplicate has the same.'),
  source: z.string().min(1).max(200),
  type: z.string().min(1).max(200),
  subject: z.uuid().describe('The onboarding id, which is also the key of the record.'),
  time: z.iso.datetime({ offset: true }).describe('When it happened.'),
  datacontenttype: z.literal('application/json').optional(),
  tenantid: identifier,
  requestid: identifier.describe("The upstream's own id of the request, unique within its tenant."),
  applicantkind: z.enum(['individual', 'organization']),
  stage: z
    .string()
    .min(1)
    .max(50)
    .describe('The stage that published it; `gateway`, `tracker`, `upstream` for what no stage publishes.'),
  sequence: z
    .int()
    .min(1)
    .optional()
    .describe(
      'Gapless within a stage of an onboarding, from 1; absent on what tells no progress: commands, refusals, states, dead letters, circuits.',
    ),
  correlationid: z.string().min(1).max(200).describe('The same for all that came of one request.'),
  causationid: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('The id of the event or command that led to this one.'),
  attempt: z
    .int()
    .min(1)
    .optional()
    .describe('From which attempt of the stage on it is: keeps a funnel honest.'),
  replayof: z.string().max(200).optional().describe('The command id of the replay that led to this event.'),
  answeredcommands: z
    .string()
    .max(4_000)
    .optional()
    .describe(
      'The ids of the commands that a stage has answered so far, with commas between: no later one answers them.',
    ),
  data: z.unknown(),
});

/** Kafka header of a record: CRC-32 of the value in eight hex digits. One that does not match is a dead letter. */
export const checksumHeader = 'crc32';

/** An event as it lies on the topic. */
export type Envelope = z.infer<typeof envelopeSchema>;

/** An event as a handler sees it: validated, with our names. */
export interface OnboardingEvent<Data = unknown> {
  readonly id: string;
  readonly type: string;
  readonly time: string;
  readonly onboardingId: string;
  readonly tenantId: string;
  readonly requestId: string;
  readonly applicantKind: ApplicantKind;
  readonly stage: string;
  readonly sequence?: number | undefined;
  readonly correlationId: string;
  readonly causationId?: string | undefined;
  readonly attempt?: number | undefined;
  readonly replayOf?: string | undefined;
  readonly answeredCommands?: readonly string[] | undefined;
  readonly data: Data;
}

/** A code of the catalogue; where a schema says no, with the pointers behind it. */
export type UnreadableReason = DeadLetterCode | `${'wrong_envelope' | 'wrong_schema'}:${string}`;

/** Why a record cannot be read; `reason` is stable and free of the record's content. */
export class UnreadableRecord extends Error {
  constructor(readonly reason: UnreadableReason) {
    super(`the record cannot be read: ${reason}`);
  }
}

/** Reads a record's value against its contract. Throws {@link UnreadableRecord}, never with the record's content. */
export function parseEvent<Data>(value: Buffer | null, contract: Contract<Data>): OnboardingEvent<Data> {
  const envelope = parseEnvelope(value);
  if (envelope.type !== contract.type) throw new UnreadableRecord('unknown_type');
  const data = contract.schema.safeParse(envelope.data);
  if (!data.success) throw new UnreadableRecord(`wrong_schema:${pointersOf(data.error)}`);
  return { ...fromEnvelope(envelope), data: data.data };
}

/** Reads the envelope only. Throws {@link UnreadableRecord}. */
export function parseEnvelope(value: Buffer | null): Envelope {
  const envelope = envelopeSchema.safeParse(parseJson(value));
  if (!envelope.success) throw new UnreadableRecord(`wrong_envelope:${pointersOf(envelope.error)}`);
  return envelope.data;
}

/** The record value of an event; `JSON.stringify` of it is what is published. Its source is the event's stage. */
export function toEnvelope(event: OnboardingEvent): Envelope {
  return {
    specversion: '1.0',
    id: event.id,
    source: `/finhub-onboarding/${event.stage}`,
    type: event.type,
    subject: event.onboardingId,
    time: event.time,
    datacontenttype: 'application/json',
    tenantid: event.tenantId,
    requestid: event.requestId,
    applicantkind: event.applicantKind,
    stage: event.stage,
    ...(event.sequence === undefined ? {} : { sequence: event.sequence }),
    correlationid: event.correlationId,
    ...(event.causationId === undefined ? {} : { causationid: event.causationId }),
    ...(event.attempt === undefined ? {} : { attempt: event.attempt }),
    ...(event.replayOf === undefined ? {} : { replayof: event.replayOf }),
    ...(event.answeredCommands?.length ? { answeredcommands: event.answeredCommands.join(',') } : {}),
    data: event.data,
  };
}

/** Our names for an envelope's attributes. */
export function fromEnvelope(envelope: Envelope): OnboardingEvent {
  return {
    id: envelope.id,
    type: envelope.type,
    time: envelope.time,
    onboardingId: envelope.subject,
    tenantId: envelope.tenantid,
    requestId: envelope.requestid,
    applicantKind: envelope.applicantkind,
    stage: envelope.stage,
    sequence: envelope.sequence,
    correlationId: envelope.correlationid,
    causationId: envelope.causationid,
    attempt: envelope.attempt,
    replayOf: envelope.replayof,
    answeredCommands: envelope.answeredcommands?.split(','),
    data: envelope.data,
  };
}

/** Throws {@link UnreadableRecord} for what is no JSON in UTF-8. */
export function parseJson(value: Buffer | null): unknown {
  if (value === null) throw new UnreadableRecord('tombstone');
  if (value.length === 0) throw new UnreadableRecord('empty');
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(value));
  } catch {
    throw new UnreadableRecord('not_json');
  }
}

/** Where the errors are, by pointer only: a dead letter's reason must not carry what the record said. */
export function pointersOf(error: z.ZodError): string {
  const pointers = error.issues.slice(0, 5).map((issue) => `/${issue.path.map(String).join('/')}`);
  return pointers.join(',').slice(0, 300);
}
