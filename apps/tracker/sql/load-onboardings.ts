import type { ClientBase } from 'pg';
import type { Registers } from '../registers.js';

const statement = `
  SELECT onboarding_id AS "onboardingId", registers, revision::int FROM onboarding
  WHERE generation = $1 AND onboarding_id = ANY ($2::uuid[])
`;

/** The registers of those that have a row. Takes no lock: saving notices who came between. */
export async function loadOnboardings(
  client: ClientBase,
  generation: number,
  ids: readonly string[],
): Promise<Map<string, { readonly registers: Registers; readonly revision: number }>> {
  const { rows } = await client.query<{ onboardingId: string; registers: Registers; revision: number }>({
    name: 'load-onboardings',
    text: statement,
    values: [generation, ids],
  });
  return new Map(rows.map(({ onboardingId, ...row }) => [onboardingId, row]));
}
