import type { GatewayDatabase } from '../gateway-database.js';

const keptDays = 30;

/** The webhook deliveries that were dealt with: FinHub repeats until it is answered with 2xx, and sometimes after. */
export class WebhookEventStore {
  constructor(private readonly database: GatewayDatabase) {}

  async has(tenantId: string, eventId: string): Promise<boolean> {
    return this.database.transaction({ tenantId }, async (client) => {
      const { rowCount } = await client.query(
        'select from gateway.webhook_event where tenant_id = $1 and event_id = $2',
        [tenantId, eventId],
      );
      return rowCount === 1;
    });
  }

  /** Notes a delivery, once Kafka has acknowledged what came of it. */
  async add(tenantId: string, eventId: string): Promise<void> {
    await this.database.transaction({ tenantId }, (client) =>
      client.query(
        'insert into gateway.webhook_event (tenant_id, event_id) values ($1, $2) on conflict do nothing',
        [tenantId, eventId],
      ),
    );
  }

  /** Forgets deliveries of more than 30 days ago; FinHub gives up within a day. */
  async forgetOld(): Promise<void> {
    await this.database.transaction({ isWorker: true }, (client) =>
      client.query(
        'delete from gateway.webhook_event where received_at < now() - make_interval(days => $1)',
        [keptDays],
      ),
    );
  }
}
