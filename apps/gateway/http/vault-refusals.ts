import { HttpStatus } from '@nestjs/common';
import { VaultError, type VaultErrorCode } from '#vault/vault-errors.js';
import { onboardingUnknown, refusal } from './refusal.js';

type Refusals = Partial<Record<VaultErrorCode, (sentence: string) => Error>>;

/** What the vault refuses, as the caller is told it; the vault's sentences hold no personal data. */
const refusals: Refusals = {
  request_missing: () => onboardingUnknown(),
  request_erased: () => refusal(HttpStatus.GONE, 'request_erased'),
  correction_unusable: (detail) => refusal(HttpStatus.UNPROCESSABLE_ENTITY, 'request_malformed', { detail }),
  document_conflict: () => refusal(HttpStatus.CONFLICT, 'document_conflict'),
  document_empty: () => refusal(HttpStatus.BAD_REQUEST, 'document_empty'),
};

/**
 * Awaits the vault; turns what it refuses into the problem for the caller, by `own` where that knows better, and leaves
 * every other error as it is.
 */
export async function fromVault<Result>(work: Promise<Result>, own: Refusals = {}): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    const toRefusal = own[error.code] ?? refusals[error.code];
    throw toRefusal?.(error.message) ?? error;
  }
}
