import { randomUUID } from 'node:crypto';
import type { GatewayDatabase } from '../gateway-database.js';

interface OnboardingKey {
  readonly tenantId: string;
  readonly onboardingId: string;
}

/** An admission, or one about to be, whose event Kafka may not have yet. */
export interface Unpublished extends OnboardingKey {
  readonly id: string;
  readonly traceparent: string | null;
  readonly createdAt: Date;
}

interface Row {
  readonly id: string;
  readonly tenant_id: string;
  readonly onboarding_id: string;
  readonly traceparent: string | null;
  readonly created_at: Date;
}

/** How long a row belongs to who claimed it: far more than an HTTP call may take. */
const claimSeconds = 60;

/**
 * The gateway's outbox. A row is written before the vault admits and removed after Kafka has acknowledged, so there is no
 * moment at which an admitted onboarding could be forgotten.
 */
export class UnpublishedStore {
  constructor(private readonly database: GatewayDatabase) {}

  /** Notes that an onboarding is about to be admitted; gives the row's id. The row is the caller's for a minute. */
  async add({ tenantId, onboardingId }: OnboardingKey, traceparent: string | undefined): Promise<string> {
    const id = randomUUID();
    await this.database.transaction({ tenantId }, (client) =>
      client.query(
        `insert into gateway.unpublished (id, tenant_id, onboarding_id, traceparent, claimed_until)
         values ($1, $2, $3, $4, now() + make_interval(secs => $5))`,
        [id, tenantId, onboardingId, traceparent ?? null, claimSeconds],
      ),
    );
    return id;
  }

  /** Removes a row whose onboarding needs no event from it; says whether the onboarding has other rows. */
  async remove(tenantId: string, id: string): Promise<{ hasOthers: boolean }> {
    return this.database.transaction({ tenantId }, async (client) => {
      const { rows } = await client.query<{ has_others: boolean }>(
        `with gone as (delete from gateway.unpublished where id = $1 returning onboarding_id)
         select exists (select from gateway.unpublished other join gone using (onboarding_id) where other.id <> $1)
           as has_others`,
        [id],
      );
      return { hasOthers: rows[0]?.has_others ?? false };
    });
  }

  /** Removes all rows of an onboarding: its event is on the topic, and one event is what all of them stand for. */
  async removeAll({ tenantId, onboardingId }: OnboardingKey): Promise<void> {
    await this.database.transaction({ tenantId }, (client) =>
      client.query('delete from gateway.unpublished where onboarding_id = $1', [onboardingId]),
    );
  }

  /** Claims up to `limit` rows that nobody holds any more, oldest first, for a minute. For the sweeper. */
  async claim(limit: number): Promise<Unpublished[]> {
    return this.database.transaction({ isWorker: true }, async (client) => {
      const { rows } = await client.query<Row>(
        `update gateway.unpublished set claimed_until = now() + make_interval(secs => $2)
         where id in (select id from gateway.unpublished where claimed_until < now()
                      order by claimed_until limit $1 for update skip locked)
         returning id, tenant_id, onboarding_id, traceparent, created_at`,
        [limit, claimSeconds],
      );
      return rows.map(toUnpublished);
    });
  }
}

function toUnpublished(row: Row): Unpublished {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    onboardingId: row.onboarding_id,
    traceparent: row.traceparent,
    createdAt: row.created_at,
  };
}
