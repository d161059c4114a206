const socketCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH']);
/**
 * Connection exceptions (08), one that is full (53: disk, memory, connections), stops, starts or only reads for now, and
 * statements that gave up waiting: for a lock, or at their time limit.
 */
const postgresCodes = /^(?:08...|53[1-4]00|55P03|57014|57P0[123]|25006)$/u;
/** What `pg` says in words only. */
const words =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client .* is not queryable)/u;

/** Whether an error says that Postgres is away for now: whoever asks again later may be answered. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && (socketCodes.has(code) || postgresCodes.test(code))) return true;
  return words.test(error.message) || isDatabaseAway(error.cause);
}
