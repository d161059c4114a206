import type { Session } from '../sessions/session.js';
import type { PendingDelivery, Subscription } from '../webhooks/subscription.js';
import { Collection } from './collection.js';
import type { Customer, Verification } from './customer.js';
import { Journal } from './journal.js';
import type { LedgerEntry } from './ledger.js';

/** Everything that this FinHub knows. */
export class State {
  readonly customers: Collection<Customer>;
  readonly verifications: Collection<Verification>;
  readonly sessions: Collection<Session>;
  readonly subscriptions: Collection<Subscription>;
  /** Those that are neither delivered nor given up. */
  readonly deliveries: Collection<PendingDelivery>;
  readonly effects: Collection<LedgerEntry>;

  private readonly journal: Journal | undefined;

  /** Takes up what `file` holds; without a file it starts empty. */
  constructor(file?: string) {
    const opened = file === undefined ? undefined : Journal.open(file);
    this.journal = opened?.journal;
    this.customers = new Collection('customers', this.journal);
    this.verifications = new Collection('verifications', this.journal);
    this.sessions = new Collection('sessions', this.journal);
    this.subscriptions = new Collection('subscriptions', this.journal);
    this.deliveries = new Collection('deliveries', this.journal);
    this.effects = new Collection('effects', this.journal);
    const byName = this.collections();
    for (const { collection, id, value } of opened?.entries ?? []) byName.get(collection)?.restore(id, value);
  }

  clear(): void {
    for (const collection of this.collections().values()) collection.clear();
    this.journal?.truncate();
  }

  close(): void {
    this.journal?.close();
  }

  private collections(): Map<string, Collection<unknown>> {
    const { customers, verifications, sessions, subscriptions, deliveries, effects } = this;
    const all = { customers, verifications, sessions, subscriptions, deliveries, effects };
    return new Map(Object.entries(all as Record<string, Collection<unknown>>));
  }
}
