import type { Found, PollOptions } from '#stage/steps.js';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** A consent that is pending turns accepted when FinHub is asked (CONTRACT.md U10, U44). */
export const readinessPolicy: PollOptions = {
  everyMs: 500,
  everyMaxMs: 5 * minuteMs,
  deadlineMs: dayMs,
  overdue: 'activation_overdue',
};

/** The wallet comes some time after the activation (CONTRACT.md U14, U43). */
export const walletPolicy: PollOptions = {
  everyMs: 500,
  everyMaxMs: 5 * minuteMs,
  deadlineMs: 2 * dayMs,
  overdue: 'wallet_overdue',
};

/**
 * An unclear answer to an activation, lost or a conflict: a wallet with an IBAN says that it happened. Without one calling again
 * is safe, for FinHub refuses to activate an active customer (CONTRACT.md U24).
 */
export function foundByWallet(
  wallet: { readonly iban?: string | undefined } | undefined,
): Found<{ state: string }> {
  return wallet?.iban === undefined ? { state: 'repeat' } : { state: 'present', result: { state: 'active' } };
}
