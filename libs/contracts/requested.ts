import { z } from 'zod';
import { defineContract } from './contract.js';

/**
 * The intake. Upstreams publish it with the request inline (`request`) or sealed by our SDK (`sealed`, a compact JWE to the
 * vault's public key); the gateway, which has put the request into the vault already, publishes `isVaulted`.
 */
const requested = z.union([
  z.strictObject({ request: z.record(z.string(), z.unknown()) }),
  z.strictObject({ sealed: z.string().min(1) }),
  z.strictObject({ isVaulted: z.literal(true) }),
]);
export type Requested = z.infer<typeof requested>;

export const onboardingRequested = defineContract<Requested>({
  type: 'onboarding.requested.v1',
  topic: 'onboarding.requested.v1',
  summary: 'An upstream asks for a customer to be onboarded. The only topic that may hold personal data.',
  schema: requested,
  example: { isVaulted: true },
});
