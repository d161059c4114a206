import type { ClientBase } from 'pg';
import type { ApplicantKind } from '#contracts/contract.js';
import type { StoredOnboarding } from '../stored.js';

/** An onboarding whose state the topic does not have yet. */
export interface Unpublished extends StoredOnboarding {
  readonly generation: number;
  readonly applicantKind: ApplicantKind;
}

/** Some onboardings of the live generation that are to be published. */
export async function unpublishedOnboardings(client: ClientBase, max: number): Promise<Unpublished[]> {
  const { rows } = await client.query<Unpublished>({
    name: 'unpublished-onboardings',
    text: `
      SELECT generation, onboarding_id AS "onboardingId", tenant_id AS "tenantId", request_id AS "requestId",
        applicant_kind AS "applicantKind", revision::int, registers
      FROM onboarding
      WHERE generation = (SELECT number FROM generation WHERE state = 'live') AND NOT is_published
      ORDER BY onboarding_id LIMIT $1
    `,
    values: [max],
  });
  return rows;
}

/**
 * Notes what was published. Where an onboarding has changed since it was read it is to be published again: so a process
 * that was slow and overwrote a newer state mends it.
 */
export async function markPublished(client: ClientBase, published: readonly Unpublished[]): Promise<void> {
  await client.query({
    name: 'mark-published',
    text: `
      UPDATE onboarding SET is_published = (onboarding.revision = told.revision)
      FROM unnest($1::int[], $2::uuid[], $3::bigint[]) AS told (generation, onboarding_id, revision)
      WHERE onboarding.generation = told.generation AND onboarding.onboarding_id = told.onboarding_id
    `,
    values: [
      published.map(({ generation }) => generation),
      published.map(({ onboardingId }) => onboardingId),
      published.map(({ revision }) => revision),
    ],
  });
}
