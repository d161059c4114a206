import type { Pool, ClientBase } from 'pg';

/** A generation of the read model that is read from Kafka. */
export interface Generation {
  readonly number: number;
  readonly groupId: string;
  readonly state: 'building' | 'live';
  readonly startedAt: Date;
}

/** Generations that records are written to, the live one first. */
export async function openGenerations(client: Pool | ClientBase): Promise<readonly Generation[]> {
  const { rows } = await client.query<Generation>(`
    SELECT number, group_id AS "groupId", state, started_at AS "startedAt" FROM generation
    WHERE state <> 'retired' ORDER BY state = 'live' DESC
  `);
  return rows;
}
