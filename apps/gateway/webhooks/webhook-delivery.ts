import { z } from 'zod';
import type { Command } from '#contracts/commands.js';

/** A delivery as FinHub sends it (CONTRACT.md c.6.1); what else is in it is not looked at. */
const deliverySchema = z.object({
  id: z.string().min(1).max(200),
  type: z.string().min(1).max(200),
  timestamp: z.string().max(50),
  data: z.record(z.string(), z.unknown()),
});
export type WebhookDelivery = z.infer<typeof deliverySchema>;

/** The events that FinHub documents, of those that carry evidence or end a wait (CONTRACT.md c.6.1). */
export const documentedEvents = ['customer.created', 'customer.activated', 'verification.approved'] as const;

/** The events that the gateway subscribes to: with those that are assumed, where FinHub has them (U26). */
export const subscribedEvents = [
  ...documentedEvents,
  'verification.submitted',
  'verification.rejected',
] as const;

/** How the onboardings that a delivery is about are found: only the vault knows e-mail addresses and customers. */
export type WebhookSubject = { readonly email: string } | { readonly customerId: string };

type WithoutBase<Kind extends Command> = Omit<Kind, 'commandId' | 'by' | 'why'>;
/** What the delivery makes of itself: a command without who, why and id. */
export type WebhookCommand =
  | WithoutBase<Extract<Command, { command: 'evidence' }>>
  | WithoutBase<Extract<Command, { command: 'look-again' }>>;

/** What to do about a delivery. */
export interface WebhookMeaning {
  readonly subject: WebhookSubject;
  readonly command: WebhookCommand;
}

/** Reads a delivery's body; `undefined` for what is none. */
export function parseDelivery(rawBody: Buffer): WebhookDelivery | undefined {
  try {
    return deliverySchema.safeParse(JSON.parse(rawBody.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

/**
 * What a delivery means: evidence where it carries an id that no call gives back (CONTRACT.md U24), a reason to look again
 * where an answer of FinHub will have changed. `ignored` for types that concern no onboarding, `malformed` where a type that
 * does concern one lacks what it needs.
 */
export function meaningOf(delivery: WebhookDelivery): WebhookMeaning | 'ignored' | 'malformed' {
  switch (delivery.type) {
    case 'customer.created':
      return customerCreated(delivery);
    case 'verification.submitted':
      return verificationSubmitted(delivery);
    case 'verification.approved':
    case 'verification.rejected':
    case 'customer.activated':
      return somethingChanged(delivery);
    default:
      return 'ignored';
  }
}

const id = z.string().min(1).max(200);

/** FinHub may leave the e-mail out (c.6.1): then it says whose customer it is to nobody, and asking again would not help. */
function customerCreated({ data, timestamp }: WebhookDelivery): WebhookMeaning | 'ignored' | 'malformed' {
  const read = z.object({ customerId: id, email: z.string().min(3).max(254).nullish() }).safeParse(data);
  const occurredAt = timeOf(timestamp);
  if (!read.success || occurredAt === undefined) return 'malformed';
  const { customerId, email } = read.data;
  if (email === undefined || email === null) return 'ignored';
  return {
    subject: { email },
    command: { command: 'evidence', kind: 'customer.created', occurredAt, customerId },
  };
}

function verificationSubmitted({ data, timestamp }: WebhookDelivery): WebhookMeaning | 'malformed' {
  const read = z.object({ customerId: id, verificationId: id }).safeParse(data);
  const occurredAt = timeOf(timestamp);
  if (!read.success || occurredAt === undefined) return 'malformed';
  const { customerId } = read.data;
  return {
    subject: { customerId },
    command: { command: 'evidence', kind: 'verification.submitted', occurredAt, ...read.data },
  };
}

function somethingChanged({ data }: WebhookDelivery): WebhookMeaning | 'malformed' {
  const read = z.object({ customerId: id }).safeParse(data);
  return read.success ? { subject: read.data, command: { command: 'look-again' } } : 'malformed';
}

function timeOf(timestamp: string): string | undefined {
  const time = new Date(timestamp);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}
