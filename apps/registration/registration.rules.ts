import type { RuleError } from '#contracts/events.js';
import { firstIdSince } from '#stage/evidence.js';
import type { Found, Signal } from '#stage/steps.js';

/** The event's `applicantkind` decides the way through the stages: the request must be of that kind. */
export const otherKind: RuleError = {
  pointer: '/kind',
  code: 'not_allowed_value',
  message: 'The request is of another kind of applicant than its event says.',
};

/**
 * A lost answer to a registration: only a `customer.created` for the same e-mail, from after our call began, says that the
 * customer is ours. No skew of clocks is allowed for: where FinHub's is behind, the onboarding ends in doubt, rather than with
 * a stranger's customer. Without it calling again is safe, for FinHub refuses a second customer with the e-mail; but that
 * refusal does not say who made the first (CONTRACT.md U24).
 * The webhook names no user.
 */
export function customerCreatedAfter(
  intentAt: Date,
  signals: readonly Signal[],
): Found<{ customerId: string }> {
  const customerId = firstIdSince(intentAt, signals, 'customerId');
  if (customerId === undefined) return { state: 'repeat' };
  return { state: 'present', result: { customerId } };
}
