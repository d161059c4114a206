import type pg from 'pg';
import { pruneCommandsSql, pruneRestoredSql, pruneRunsSql } from './sql/prune.js';

/** Forgets what is older than so many days, some rows at a time, until nothing of it is left or `isStopped`. */
export async function prune(
  pool: pg.Pool,
  days: number,
  isStopped: () => boolean = () => false,
): Promise<void> {
  for (const sql of [pruneCommandsSql, pruneRestoredSql, pruneRunsSql]) {
    let isLeft = true;
    while (isLeft && !isStopped()) isLeft = ((await pool.query(sql, [days])).rowCount ?? 0) > 0;
  }
}
