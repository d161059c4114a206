import { z } from 'zod';
import type { ApplicantKind } from '#contracts/contract.js';
import { identifier } from '#contracts/envelope.js';
import type { RuleError } from '#contracts/events.js';
import { checkRequest } from '#contracts/request-rules.js';
import type { OnboardingRequest } from '#contracts/request.js';
import { errorsOf } from '../http/read-input.js';
import type { ProblemField } from '#platform/problem-details.js';

const bodySchema = z.strictObject({ requestId: identifier, request: z.unknown() });
const identitySchema = z.object({
  requestId: identifier,
  request: z.object({ kind: z.enum(['individual', 'organization']) }),
});

/** A request that keeps all rules. */
export interface CheckedSubmission {
  readonly requestId: string;
  readonly request: OnboardingRequest;
}

/** Why a body is refused. */
export interface FaultySubmission {
  /** All of them; pointers into the body. */
  readonly errors: readonly ProblemField[];
  /** For the event: only where the body says at least which request it is, and of what kind. Pointers into the request. */
  readonly event?: {
    readonly requestId: string;
    readonly applicantKind: ApplicantKind;
    readonly errors: readonly RuleError[];
  };
}

/** Judges the body of a submission by all rules at once. Pure; `today` is YYYY-MM-DD in UTC. */
export function checkSubmission(body: unknown, today: string): CheckedSubmission | FaultySubmission {
  const envelope = bodySchema.safeParse(body);
  const { request, errors = [] } = checkRequest(requestIn(body), today);
  if (!envelope.success) return faulty(body, errors, errorsOf(envelope.error));
  return request === undefined ? faulty(body, errors) : { requestId: envelope.data.requestId, request };
}

/** What is told about a body that breaks rules: `errors` point into its request, `bodyErrors` into the body itself. */
export function faulty(
  body: unknown,
  errors: readonly RuleError[],
  bodyErrors: readonly ProblemField[] = [],
): FaultySubmission {
  const inBody = errors.map((error) => ({ ...error, pointer: `/request${error.pointer}` }));
  const identity = identitySchema.safeParse(body).data;
  return {
    errors: [...bodyErrors, ...inBody],
    ...(identity && {
      event: { requestId: identity.requestId, applicantKind: identity.request.kind, errors },
    }),
  };
}

function requestIn(body: unknown): unknown {
  return typeof body === 'object' && body !== null ? (body as { request?: unknown }).request : undefined;
}
