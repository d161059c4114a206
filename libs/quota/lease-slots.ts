/**
 * Leases the next `$2` slots of tenant `$1`, `$3` ms apart, to whoever asks. The first of them begins when the last one that
 * was leased, by whichever process, has passed. Answers with {@link Leased}.
 */
export const leaseSlotsSql = `
INSERT INTO quota.pace AS p (tenant_id, next_at)
VALUES ($1, clock_timestamp() + $2::int * $3::float8 * interval '1 millisecond')
ON CONFLICT (tenant_id) DO UPDATE
SET next_at = greatest(p.next_at, clock_timestamp()) + $2::int * $3::float8 * interval '1 millisecond'
RETURNING (extract(epoch FROM p.next_at) * 1000)::float8 - $2::int * $3::float8 AS "firstAtMs",
  (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS "nowMs"`;

/** When the first slot begins and what time it was, in milliseconds by Postgres's clock. */
export interface Leased {
  readonly firstAtMs: number;
  readonly nowMs: number;
}
