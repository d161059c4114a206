import { sentenceOf, type RefusalCode } from '#contracts/reason-codes.js';
import { ProblemError, type Problem } from '#platform/problem-details.js';

/** The problem to throw; its sentence is the catalogue's where `more.detail` does not say it better. */
export function refusal(
  status: number,
  code: RefusalCode,
  more: Pick<Problem, 'detail' | 'errors' | 'retryAfterSeconds'> = {},
): ProblemError {
  return new ProblemError({ status, code, detail: sentenceOf(code), ...more });
}

/** 404, also for what belongs to another tenant: whether it exists is nobody else's business. */
export function onboardingUnknown(): ProblemError {
  return refusal(404, 'onboarding_unknown');
}

/** The same for a key of every tenant: by the id alone nobody knows any more whose an old onboarding is. */
export function unknownToEveryTenant(): ProblemError {
  const detail = `${sentenceOf('onboarding_unknown')} One that ended long ago is found with its tenant: ?tenantId=.`;
  return refusal(404, 'onboarding_unknown', { detail });
}

/** 503: the same call succeeds later. */
export function temporarilyUnavailable(detail: string, retryAfterSeconds: number): ProblemError {
  return refusal(503, 'temporarily_unavailable', { detail, retryAfterSeconds });
}
