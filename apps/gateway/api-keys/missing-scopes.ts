import { HttpStatus } from '@nestjs/common';
import { refusal } from '../http/refusal.js';
import type { ApiKey, Scope } from './api-key.js';

/** Throws 403 unless the caller has all the scopes; where one is undefined nobody has it. */
export function refuseMissingScopes(
  wanted: readonly (Scope | undefined)[],
  { scopes }: Pick<ApiKey, 'scopes'>,
): void {
  const missing = wanted.filter((scope) => scope === undefined || !scopes.includes(scope));
  if (missing.length === 0) return;
  throw refusal(HttpStatus.FORBIDDEN, 'scope_missing', {
    detail: `The API key lacks the scope ${missing.join(', ')}.`,
  });
}
