import type { ClientBase } from 'pg';
import { publishedStateOf } from '../published-state.js';
import { isSettled, standingOf } from '../standing.rules.js';
import type { StoredOnboarding } from '../stored.js';

const statement = `
  INSERT INTO onboarding AS held (generation, onboarding_id, tenant_id, request_id, applicant_kind, state, stage, outcome,
    is_replayed, requested_at, settled_at, registers, revision, is_published)
  SELECT $1::int, * FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::boolean[], $10::timestamptz[], $11::timestamptz[], $12::jsonb[], $13::bigint[], $14::boolean[])
    AS saved (onboarding_id, tenant_id, request_id, applicant_kind, state, stage, outcome,
      is_replayed, requested_at, settled_at, registers, revision, is_published)
  ORDER BY onboarding_id
  ON CONFLICT (generation, onboarding_id) DO UPDATE SET
    applicant_kind = excluded.applicant_kind, state = excluded.state, stage = excluded.stage,
    outcome = excluded.outcome, is_replayed = excluded.is_replayed, requested_at = excluded.requested_at,
    settled_at = excluded.settled_at, registers = excluded.registers, revision = excluded.revision,
    is_published = held.is_published AND excluded.is_published
  WHERE held.revision = excluded.revision - 1
`;

/** Onboardings as they were loaded, and as they are now. */
export interface Change {
  readonly before: StoredOnboarding;
  readonly after: StoredOnboarding;
}

/** Somebody else changed one of the onboardings since they were loaded: nothing may be kept of this try. */
export class OnboardingsChanged extends Error {
  constructor() {
    super('an onboarding was changed by another process meanwhile');
  }
}

/** Writes the changes, all of them or none: throws {@link OnboardingsChanged} for the caller to roll back and try again. */
export async function saveOnboardings(
  client: ClientBase,
  generation: number,
  changes: readonly Change[],
): Promise<void> {
  if (changes.length === 0) return;
  const rows = changes.map(rowOf);
  const columns = Array.from({ length: 13 }, (_, column) => rows.map((row) => row[column]));
  const { rowCount } = await client.query({
    name: 'save-onboardings',
    text: statement,
    values: [generation, ...columns],
  });
  if (rowCount !== changes.length) throw new OnboardingsChanged();
}

function rowOf({ before, after }: Change): readonly unknown[] {
  const standing = standingOf(after.registers);
  return [
    after.onboardingId,
    after.tenantId,
    after.requestId,
    standing.applicantKind,
    standing.state,
    standing.stage,
    after.registers.end?.state ?? null,
    standing.isReplayed,
    standing.requestedAt,
    isSettled(standing.state) ? standing.since : null,
    JSON.stringify(after.registers),
    before.revision + 1,
    JSON.stringify(publishedStateOf(before)) === JSON.stringify(publishedStateOf(after)),
  ];
}
