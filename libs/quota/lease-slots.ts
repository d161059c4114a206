/** No slots that all processes together have leased lie further ahead, unless Postgres's clock was set back. */
export const aheadMsMax = 600_000;

/**
 * Leases the next `$2` slots of tenant `$1`, `$3` ms apart, to whoever asks. The first of them begins when the last one that
 * was leased, by whichever process, has passed; now, if that one lies too far ahead to be true. Answers with {@link Leased}.
 */
export const leaseSlotsSql = `
INSERT INTO quota.pace AS p (tenant_id, next_at)
VALUES ($1, clock_timestamp() + $2::int * $3::float8 * interval '1 millisecond')
ON CONFLICT (tenant_id) DO UPDATE
SET next_at = CASE WHEN p.next_at > clock_timestamp() + interval '${aheadMsMax} milliseconds' THEN clock_timestamp()
                   ELSE greatest(p.next_at, clock_timestamp()) END + $2::int * $3::float8 * interval '1 millisecond'
RETURNING (extract(epoch FROM p.next_at) * 1000)::float8 - $2::int * $3::float8 AS "firstAtMs",
  (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS "nowMs"`;

/** When the first slot begins and what time it was, in milliseconds by Postgres's clock. */
export interface Leased {
  readonly firstAtMs: number;
  readonly nowMs: number;
}
