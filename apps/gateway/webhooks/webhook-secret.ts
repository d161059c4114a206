import { createHash, createHmac, type KeyObject } from 'node:crypto';

/**
 * The secret that FinHub signs a tenant's webhooks with: derived from the vault's hash key, so that nothing is stored and
 * every replica knows it.
 */
export function webhookSecretOf(vaultHashKey: KeyObject, tenantId: string): string {
  return createHmac('sha256', vaultHashKey).update(`gateway/webhook\n${tenantId}`).digest('hex');
}

/**
 * Where FinHub delivers a tenant's webhooks. The address tells secrets apart without telling them: FinHub lists addresses but
 * no secrets, and a subscription with an old secret has to be found out.
 */
export function webhookUrlOf(publicUrl: string, vaultHashKey: KeyObject, tenantId: string): string {
  const url = new URL(`webhooks/finhub/${tenantId}`, publicUrl.endsWith('/') ? publicUrl : `${publicUrl}/`);
  const secret = webhookSecretOf(vaultHashKey, tenantId);
  url.searchParams.set('secret', createHash('sha256').update(secret).digest('hex').slice(0, 8));
  return url.href;
}
