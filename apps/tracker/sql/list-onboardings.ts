import type { ClientBase } from 'pg';
import type { Registers } from '../registers.js';
import { liveGeneration } from './live-generation.js';

/** An onboarding as it is kept. */
export interface OnboardingRow {
  readonly onboardingId: string;
  readonly tenantId: string;
  readonly requestId: string;
  readonly registers: Registers;
}

/** Which onboardings: all that is given must hold. `before` is where the last page ended. */
export interface OnboardingFilter {
  readonly tenantId?: string | undefined;
  readonly onboardingId?: string | undefined;
  readonly requestId?: string | undefined;
  readonly state?: string | undefined;
  readonly stage?: string | undefined;
  readonly before?: { readonly at: string; readonly id: string } | undefined;
  readonly limit: number;
}

/** Onboardings of the live generation, those that were requested last first. */
export async function listOnboardings(
  client: ClientBase,
  filter: OnboardingFilter,
): Promise<OnboardingRow[]> {
  const values: unknown[] = [];
  const conditions = [`generation = ${liveGeneration}`];
  const where = (condition: (place: string) => string, value: unknown) => {
    if (value !== undefined) conditions.push(condition(`$${values.push(value)}`));
  };
  where((place) => `tenant_id = ${place}`, filter.tenantId);
  where((place) => `onboarding_id = ${place}`, filter.onboardingId);
  where((place) => `request_id = ${place}`, filter.requestId);
  where((place) => `state = ${place}`, filter.state);
  where((place) => `stage = ${place}`, filter.stage);
  if (filter.before !== undefined) {
    const [at, id] = [values.push(filter.before.at), values.push(filter.before.id)];
    conditions.push(`(requested_at, onboarding_id) < ($${at}::timestamptz, $${id}::uuid)`);
  }
  const { rows } = await client.query<OnboardingRow>(
    `SELECT onboarding_id AS "onboardingId", tenant_id AS "tenantId", request_id AS "requestId", registers
     FROM onboarding WHERE ${conditions.join(' AND ')}
     ORDER BY requested_at DESC, onboarding_id DESC LIMIT $${values.push(filter.limit)}`,
    values,
  );
  return rows;
}
