import { escapeLiteral, type Pool, type PoolClient } from 'pg';

/** Settings of Postgres that hold for one transaction; row-level security reads them. */
export type LocalSettings = Readonly<Record<string, string>>;

/**
 * Runs `work` in a transaction: commits all that it did, or nothing of it when it throws. Also rejects when the connection
 * is lost at COMMIT: then nobody knows whether it was committed, and the caller has to look, or to do again what may be done
 * again.
 */
export async function inTransaction<Result>(
  pool: Pool,
  settings: LocalSettings,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  // A connection that breaks between two statements would end the process: the next statement tells.
  const onError = (): void => undefined;
  client.on('error', onError);
  let useless: Error | undefined;
  try {
    await client.query(['BEGIN', ...Object.entries(settings).map(setLocal)].join('; '));
    const result = await work(client);
    await commit(client);
    return result;
  } catch (error) {
    useless = await rollBack(client, error);
    throw error;
  } finally {
    client.off('error', onError);
    client.release(useless);
  }
}

function setLocal([name, value]: [string, string]): string {
  return `SET LOCAL ${name} = ${escapeLiteral(value)}`;
}

/** Where a statement failed and nobody minded, Postgres answers COMMIT with ROLLBACK, and no error. */
async function commit(client: PoolClient): Promise<void> {
  const { command } = await client.query('COMMIT');
  if (command !== 'COMMIT') throw new Error('a statement of the transaction had failed: it was rolled back');
}

/** Gives the reason why the connection is of no use any more, if there is one. */
async function rollBack(client: PoolClient, error: unknown): Promise<Error | undefined> {
  try {
    await client.query('ROLLBACK');
    return isReadOnly(error) ? error : undefined;
  } catch (broken) {
    return broken as Error;
  }
}

/** The session began on a server, or at a time, that takes no writes, and would stay so when others do again. */
function isReadOnly(error: unknown): error is Error {
  return (error as { code?: unknown }).code === '25006';
}
