import type { ClientBase } from 'pg';

interface Outcome {
  readonly state: string;
  readonly code: string | null;
  readonly count: number;
}

/** What came of the onboardings that were looked up after a restored backup, a line per stage and outcome. */
export async function reportLines(client: ClientBase, schemas: readonly string[]): Promise<string[]> {
  const lines: string[] = [];
  for (const schema of schemas) {
    const { rows } = await client.query<Outcome>(`
      SELECT state, parked ->> 'code' AS code, count(*)::int AS count
      FROM ${schema}.stage_run WHERE look_first_since IS NOT NULL GROUP BY 1, 2
      UNION ALL
      SELECT 'not read again yet', NULL, count(*)::int FROM ${schema}.restored_run x
      WHERE NOT EXISTS (SELECT FROM ${schema}.stage_run r WHERE r.onboarding_id = x.onboarding_id)
      HAVING count(*) > 0
      ORDER BY 1, 2`);
    lines.push(
      ...rows.map(
        ({ state, code, count }) =>
          `${schema.padEnd(14)} ${state}${code === null ? '' : ` (${code})`}: ${count}`,
      ),
    );
  }
  for (const schema of schemas) lines.push(...(await parkedAgain(client, schema)));
  return lines.length === 0
    ? ['No onboarding is marked: the command has not run, or there was nothing to look up.']
    : lines;
}

/** Nowhere else to be seen: for the tracker their end is told. */
async function parkedAgain(client: ClientBase, schema: string): Promise<string[]> {
  const { rows } = await client.query<{ onboardingId: string; code: string }>(`
    SELECT onboarding_id AS "onboardingId", parked ->> 'code' AS code FROM ${schema}.stage_run
    WHERE told_end IS NOT NULL AND state = 'parked' ORDER BY 1`);
  return rows.map(
    ({ onboardingId, code }) =>
      `${schema.padEnd(14)} ${onboardingId} is parked (${code}), its end is told: replay it`,
  );
}
