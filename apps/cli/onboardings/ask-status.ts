import type { GatewayClient } from '#gateway-client/gateway-client.js';
import { statusSchema, type Status, type Subject } from '#gateway-client/onboarding-status.js';

/** Asks what became of an onboarding, of the tenant that is named where the key is of every tenant. Throws as `statusOf` does. */
export function askStatus(
  gateway: GatewayClient,
  { id, requestId, tenant }: Subject & { readonly tenant?: string | undefined },
): Promise<Status> {
  const path = id === undefined ? '' : `/${encodeURIComponent(id)}`;
  const query = new URLSearchParams({
    ...(requestId === undefined ? {} : { requestId }),
    ...(tenant === undefined ? {} : { tenantId: tenant }),
  });
  return gateway.get(`/v1/onboardings${path}${query.size === 0 ? '' : `?${query.toString()}`}`, statusSchema);
}
