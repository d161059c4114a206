/** Who wants to hear of what (c.6.1). */
export interface Subscription {
  readonly id: string;
  readonly tenantId: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly secret: string;
  readonly attemptsMax: number;
  /** Before the second attempt; it doubles from then on (U25). */
  readonly backoffSeconds: number;
  readonly description: string;
  readonly createdAt: number;
}

/** What happened, as it is delivered. */
export interface WebhookEvent {
  readonly id: string;
  readonly type: EventType;
  readonly timestamp: string;
  readonly data: Readonly<Record<string, string>>;
}

/** The six events that are documented, though onboarding causes three of them only (c.6.1). */
export const documentedEvents = [
  'customer.created',
  'customer.updated',
  'customer.activated',
  'customer.suspended',
  'verification.approved',
  'transaction.completed',
] as const;

/** Those that we assume (U26). */
export const assumedEvents = ['verification.submitted', 'verification.rejected', 'consent.accepted'] as const;

/** The type of an event. */
export type EventType = (typeof documentedEvents)[number] | (typeof assumedEvents)[number];

/** One event on its way to one subscription. */
export interface Delivery {
  readonly deliveryId: string;
  readonly subscriptionId: string;
  readonly eventId: string;
  readonly eventType: EventType;
  readonly url: string;
  status: 'PENDING' | 'RETRYING' | 'DELIVERED' | 'FAILED';
  readonly payload: WebhookEvent;
  readonly requestHeaders: Readonly<Record<string, string>>;
  responseCode?: number;
  responseBody?: string;
  /** Milliseconds. */
  responseTime?: number;
  readonly attempts: DeliveryAttempt[];
}

/** A delivery that is neither done nor given up, with all that it takes to go on after a restart. */
export interface PendingDelivery extends Pick<Subscription, 'attemptsMax' | 'backoffSeconds'> {
  readonly delivery: Delivery;
  /** When the next attempt is made; epoch milliseconds. */
  readonly dueAt: number;
}

/** One try to deliver. */
export interface DeliveryAttempt {
  readonly attemptNumber: number;
  readonly timestamp: string;
  /** Absent where there was no answer. */
  readonly responseCode?: number;
  readonly success: boolean;
}
