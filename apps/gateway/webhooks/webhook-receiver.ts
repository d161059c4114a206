import { HttpStatus } from '@nestjs/common';
import type { KeyObject } from 'node:crypto';
import type { Logger } from 'pino';
import { v5 as uuidv5 } from 'uuid';
import type { Command } from '#contracts/commands.js';
import { verifySignature } from '#finhub-client/webhook-signature.js';
import { addToLogContext } from '#platform/log-context.js';
import { counter } from '#platform/metrics.js';
import type { Vault } from '#vault/vault.js';
import { refusal } from '../http/refusal.js';
import type { BoundedPublisher } from '../publishing/bounded-publisher.js';
import { namesOf, type GatewayRecords, type Onboarding } from '../publishing/gateway-records.js';
import {
  meaningOf,
  parseDelivery,
  type WebhookDelivery,
  type WebhookMeaning,
  type WebhookSubject,
} from './webhook-delivery.js';
import type { WebhookEventStore } from './webhook-event-store.js';
import { webhookSecretOf } from './webhook-secret.js';

/** What a receiver works with. */
export interface WebhookParts {
  readonly vault: Pick<Vault, 'forTenant'>;
  readonly events: Pick<WebhookEventStore, 'has' | 'add'>;
  readonly publisher: BoundedPublisher;
  readonly records: GatewayRecords;
  readonly hashKey: KeyObject;
  readonly logger: Pick<Logger, 'warn'>;
}

const deliveries = counter({
  name: 'gateway_webhooks_total',
  help: 'webhooks of FinHub with a valid signature, by what was done about them',
  labelNames: ['outcome'],
});

/** Makes commands of FinHub's webhooks, without the personal data in them. */
export class WebhookReceiver {
  constructor(private readonly parts: WebhookParts) {}

  /**
   * Resolves once Kafka has acknowledged what the delivery leads to, which may be nothing. Throws 401 for a wrong signature,
   * 422 for a delivery that lacks what its type needs, 503 when Kafka does not answer: FinHub then delivers it again.
   */
  async receive(tenantId: string, rawBody: Buffer, signature: string | undefined): Promise<void> {
    const secret = webhookSecretOf(this.parts.hashKey, tenantId);
    if (!verifySignature(rawBody, signature, secret))
      throw refusal(HttpStatus.UNAUTHORIZED, 'webhook_signature_invalid');
    const delivery = parseDelivery(rawBody);
    const meaning = delivery === undefined ? 'malformed' : meaningOf(delivery);
    if (delivery === undefined || meaning === 'malformed') {
      this.parts.logger.warn({ tenantId, type: delivery?.type }, 'a webhook lacks what its type needs');
      deliveries.inc({ outcome: 'malformed' });
      throw refusal(HttpStatus.UNPROCESSABLE_ENTITY, 'request_malformed');
    }
    deliveries.inc({
      outcome: meaning === 'ignored' ? meaning : await this.act(tenantId, delivery, meaning),
    });
  }

  private async act(
    tenantId: string,
    delivery: WebhookDelivery,
    meaning: WebhookMeaning,
  ): Promise<'repeated' | 'concerns_nobody' | 'published'> {
    const { events, publisher, records } = this.parts;
    if (await events.has(tenantId, delivery.id)) return 'repeated';
    const onboardings = await this.find(tenantId, meaning.subject);
    const [only, ...others] = onboardings;
    if (only !== undefined && others.length === 0) addToLogContext(namesOf(only.onboardingId));
    const commands = onboardings.map((onboarding) =>
      records.command(onboarding, commandFor(onboarding, delivery, meaning)),
    );
    if (commands.length === 0) return 'concerns_nobody';
    await publisher.publish(commands);
    await events.add(tenantId, delivery.id);
    return 'published';
  }

  /** By e-mail there may be several: which of them it is, the stage knows that has an intent open. */
  private async find(tenantId: string, subject: WebhookSubject): Promise<Onboarding[]> {
    const vault = this.parts.vault.forTenant(tenantId);
    const matches =
      'email' in subject
        ? await vault.findByEmail(tenantId, subject.email)
        : await vault.findByCustomer(tenantId, subject.customerId);
    return matches.map((match) => ({ ...match, tenantId }));
  }
}

/** The command's id follows from the delivery's: delivered twice, it is one command. */
function commandFor(
  { onboardingId }: Onboarding,
  delivery: WebhookDelivery,
  { command }: WebhookMeaning,
): Command {
  const commandId = uuidv5(`webhook\n${delivery.id}`, onboardingId);
  return { ...command, commandId, by: 'finhub', why: `webhook ${delivery.type}` };
}
