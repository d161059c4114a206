import { HttpStatus } from '@nestjs/common';
import { refusal } from '../http/refusal.js';
import { everyTenant, type ApiKey } from './api-key.js';

/**
 * The tenant that a call is about: the caller's own or, for a key of every tenant, the one it names. Throws 403 for another
 * tenant's.
 */
export function tenantOf(caller: Pick<ApiKey, 'tenantId'>, named: string | undefined): string {
  if (named === undefined || named === caller.tenantId) return caller.tenantId;
  if (caller.tenantId === everyTenant) return named;
  throw refusal(HttpStatus.FORBIDDEN, 'scope_missing', { detail: 'The API key is of another tenant.' });
}

/** Like {@link tenantOf}, for calls that are about one tenant: a key of every tenant has to name it. */
export function oneTenantOf(caller: Pick<ApiKey, 'tenantId'>, named: string | undefined): string {
  const tenantId = tenantOf(caller, named);
  if (tenantId !== everyTenant) return tenantId;
  throw refusal(HttpStatus.BAD_REQUEST, 'parameter_invalid', {
    detail: 'The API key is for every tenant: name one by ?tenantId=.',
  });
}
