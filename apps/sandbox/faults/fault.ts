import { z } from 'zod';

/** What a fault does to a call. */
export const faultMeanings = {
  'error-before': 'answers `status` (500) and does nothing',
  'error-after': 'does it and answers `status` (500)',
  'lost-answer': 'does it and cuts the connection',
  hang: 'never answers and does nothing',
  'late-effect': 'never answers and does it after `delayMs`',
  delay: 'waits `delayMs`, then serves the call as ever',
  'rate-limit': 'answers 429 with `Retry-After` in seconds (`delayMs`, at least 1) and does nothing',
  'rate-limit-date': 'the same with an HTTP date',
  outage: 'answers `status` (503) without an envelope and does nothing',
  'revoked-token': 'ends the session of the token and answers 401',
  redirect: 'answers `status` (302) to another path and does nothing',
  html: 'does it and answers `status` (200) with an HTML page',
  empty: 'does it and answers `status` (200) with no body',
  truncated: 'does it and answers half of the JSON',
  'wrong-envelope': 'does it and answers the payload in an envelope that is none of b.4',
  huge: 'does it and answers with 10 MB more than anybody asked for',
  'unknown-enum': 'does it and answers with states and types that nobody has heard of',
  duplicate: 'webhooks only: delivers the event twice',
  disorder: 'webhooks only: delivers the event after the one that follows it, or after `delayMs` (1,000)',
  drop: 'webhooks only: never delivers the event',
} as const;

/** The name of a kind of fault. */
export type FaultKind = keyof typeof faultMeanings;

const kinds = Object.keys(faultMeanings) as [FaultKind, ...FaultKind[]];

/** What `POST /_sandbox/faults` takes. */
export const faultSchema = z.strictObject({
  /**
   * An operation id, `POST /api/v2.1/verifications/*` (`*` one part of the path, `**` any number), `*` for every call, or
   * `webhook:customer.created` (`webhook:*`) for deliveries.
   */
  endpoint: z.string().min(1).max(300),
  kind: z.enum(kinds),
  /** How many calls it strikes; without it, all until it is deleted. */
  times: z.number().int().min(1).optional(),
  probability: z.number().min(0).max(1).default(1),
  delayMs: z.number().int().min(0).max(600_000).optional(),
  status: z.number().int().min(200).max(599).optional(),
  /** Strikes the calls of one tenant only. */
  tenantId: z.string().optional(),
  /** Strikes the calls and webhooks about the customer with this e-mail only. */
  applicant: z.string().toLowerCase().optional(),
});

/** A fault that is switched on. */
export interface Fault extends z.output<typeof faultSchema> {
  readonly id: string;
  /** How many calls it has struck. */
  struck: number;
}
