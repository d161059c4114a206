import type { ClientBase } from 'pg';
import type { ToldRun } from './told.js';

/** Postgres takes no more than 256 MB as one JSON array. */
const recordsPerStatement = 10_000;

/** What became of a stage's rows. */
export interface Reconciled {
  readonly schema: string;
  /** Rows that were unfinished in the backup. */
  readonly unfinished: number;
  /** Of these, and of the missing ones: finished, as their events tell. */
  readonly finished: number;
  /** Without a row in the backup: inserted when they are read again. */
  readonly missing: number;
  /** Unfinished, whether they have a row or not: each step without a record is looked up before it is called. */
  readonly lookedUp: number;
}

/** The last moment of which the backup surely knows: no call without a record began before. */
export async function knownUntil(client: ClientBase, schemas: readonly string[]): Promise<Date> {
  const latest = schemas.map((schema) => `(SELECT max(updated_at) FROM ${schema}.stage_run)`).join(', ');
  // A transaction's time is that of its beginning: a minute is longer than any of ours.
  const { rows } = await client.query<{ at: Date }>(
    `SELECT coalesce(greatest(${latest}) - interval '1 minute', 'epoch') AS at`,
  );
  return rows[0]?.at ?? new Date(0);
}

/**
 * Writes into a stage's tables what the topics tell, and that the rest is to be looked up. In the caller's transaction;
 * again and again it comes to the same.
 */
export async function reconcileSchema(
  client: ClientBase,
  schema: string,
  { told, since }: { readonly told: readonly ToldRun[]; readonly since: Date },
): Promise<Reconciled> {
  await client.query(`SET LOCAL search_path = ${schema}`);
  const unfinished = await client.query(lookFirstSql, [since]);
  await client.query('DELETE FROM restored_run');
  const known: { state: string }[] = [];
  const missing: { state: string }[] = [];
  for (let start = 0; start < told.length; start += recordsPerStatement) {
    const records = JSON.stringify(told.slice(start, start + recordsPerStatement).map(toRecord));
    known.push(...(await client.query<{ state: string }>(takeOverSql, [records])).rows);
    missing.push(...(await client.query<{ state: string }>(rememberSql, [records, since])).rows);
  }
  const isFinished = ({ state }: { state: string }) => state === 'passed' || state === 'ended';
  const finished = known.filter(isFinished).length;
  return {
    schema,
    unfinished: unfinished.rowCount ?? 0,
    finished: finished + missing.filter(isFinished).length,
    missing: missing.length,
    lookedUp: (unfinished.rowCount ?? 0) - finished + missing.filter((row) => !isFinished(row)).length,
  };
}

function toRecord(run: ToldRun): object {
  return {
    onboarding_id: run.onboardingId,
    state: run.state,
    told_end: run.toldEnd,
    sequence: run.sequence,
    // What was parked since then is tried again, and parked again if it has to be.
    standing: run.standing?.state === 'parked' ? { ...run.standing, state: 'active' } : run.standing,
    answered: run.answered,
    results: run.results,
  };
}

/** An open intent stays: its settle time is long over. What surely had not happened may have happened since. $1 since */
const lookFirstSql = `
UPDATE stage_run SET
  look_first_since = least(look_first_since, $1),
  open_step = CASE WHEN open_step ->> 'state' = 'intent' THEN open_step END,
  state = CASE WHEN state = 'waiting' THEN 'active' ELSE state END,
  leased_by = NULL,
  lease_token = lease_token + 1,
  due_at = CASE WHEN state IN ('active', 'waiting') THEN now() END
WHERE state NOT IN ('passed', 'ended')`;

const toldRecords = `jsonb_to_recordset($1::jsonb) AS t(
  onboarding_id uuid, state text, told_end int, sequence int, standing jsonb, answered jsonb, results jsonb)`;

/**
 * Rows that the backup has. A finished one only learns how far its events are numbered; one that a human has paused or set
 * going since then is so. $1 told runs
 */
const takeOverSql = `
WITH told AS (
  SELECT * FROM ${toldRecords}
), before AS (
  SELECT r.onboarding_id, r.state IN ('passed', 'ended') AS is_finished,
    CASE WHEN (t.standing ->> 'sequence')::int > r.sequence THEN t.standing ->> 'state' END AS standing
  FROM stage_run r JOIN told t USING (onboarding_id)
), changed AS (
  UPDATE stage_run r SET
    sequence = greatest(r.sequence, t.sequence),
    told_end = CASE WHEN NOT b.is_finished THEN t.told_end END,
    answered = r.answered || coalesce((
      SELECT jsonb_agg(id) FROM jsonb_array_elements_text(t.answered) id WHERE NOT r.answered ? id), '[]'),
    results = CASE WHEN b.is_finished THEN r.results ELSE t.results || r.results END,
    state = CASE WHEN b.is_finished THEN r.state
                 WHEN t.state <> 'active' OR t.told_end IS NOT NULL THEN t.state
                 ELSE coalesce(b.standing, r.state) END,
    parked = CASE WHEN t.state = 'active' AND t.told_end IS NULL AND b.standing IS NULL THEN r.parked END,
    open_step = CASE WHEN t.state = 'active' AND t.told_end IS NULL THEN r.open_step END,
    due_at = CASE WHEN b.is_finished OR t.state <> 'active' OR b.standing = 'paused' THEN NULL
                  WHEN t.told_end IS NOT NULL OR b.standing = 'active' THEN now()
                  ELSE r.due_at END
  FROM told t JOIN before b ON b.onboarding_id = t.onboarding_id
  WHERE r.onboarding_id = t.onboarding_id AND t.sequence > 0
  RETURNING r.state, b.is_finished
)
SELECT state FROM changed WHERE NOT is_finished`;

/** Rows that it does not have. $1 told runs, $2 since */
const rememberSql = `
INSERT INTO restored_run (onboarding_id, state, sequence, told_end, answered, results, look_first_since)
SELECT t.onboarding_id, t.state, t.sequence, t.told_end, t.answered, t.results, $2 FROM ${toldRecords}
WHERE NOT EXISTS (SELECT FROM stage_run r WHERE r.onboarding_id = t.onboarding_id)
RETURNING state`;
