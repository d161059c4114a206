import { z } from 'zod';
import type { GatewayClient } from './gateway-client.js';

const lastAnswerSchema = z.object({ status: z.number().optional(), excerpt: z.string().optional() });

/** What the gateway tells of an onboarding; what it tells besides is kept as it is. */
export const statusSchema = z.looseObject({
  onboardingId: z.string(),
  tenantId: z.string(),
  requestId: z.string(),
  applicantKind: z.string().optional(),
  state: z.string(),
  stage: z.string().optional(),
  code: z.string().optional(),
  step: z.string().optional(),
  attempts: z.number().optional(),
  since: z.string().optional(),
  customerId: z.string().optional(),
  iban: z.string().optional(),
  detail: z.string().optional(),
  due: z
    .object({ step: z.string(), nextAt: z.string().optional(), deadlineAt: z.string().optional() })
    .optional(),
  lastAnswer: lastAnswerSchema.optional(),
  errors: z.array(z.object({ pointer: z.string(), code: z.string(), message: z.string() })).optional(),
  timeline: z.array(z.looseObject({ at: z.string(), stage: z.string(), what: z.string() })).optional(),
});
export type Status = z.infer<typeof statusSchema>;
export type TimelineEntry = NonNullable<Status['timeline']>[number];

/** Which onboarding: by our id, or by the upstream's request id. */
export interface Subject {
  readonly id?: string | undefined;
  readonly requestId?: string | undefined;
  /** Whose it is: needed where the key is of every tenant. */
  readonly tenantId?: string | undefined;
}

/** Asks what became of it. Throws as {@link GatewayClient.get} does: a refusal with 404 where there is none. */
export function statusOf(gateway: GatewayClient, { id, requestId, tenantId }: Subject): Promise<Status> {
  const path = id === undefined ? '' : `/${encodeURIComponent(id)}`;
  const query = new URLSearchParams({
    ...(id === undefined ? { requestId: requestId ?? '' } : {}),
    ...(tenantId === undefined ? {} : { tenantId }),
  });
  return gateway.get(`/v1/onboardings${path}${query.size === 0 ? '' : `?${query.toString()}`}`, statusSchema);
}

/** Whether it will not move on by itself: it has ended, maybe long ago, or waits for a human. */
export function isAtRest({ state }: Status): boolean {
  const ends = ['activated', 'rejected', 'cancelled', 'erased', 'refused', 'forgotten'];
  return [...ends, 'parked', 'paused'].includes(state);
}
