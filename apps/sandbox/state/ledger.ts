import type { Collection } from './collection.js';

/** The kinds of effects that may happen once per business key: a second time is a double (U24). */
export const onceOnlyKinds = [
  'register',
  'employee',
  'director',
  'shareholder',
  'verification',
  'document',
  'activation',
] as const;
/** The kinds that may happen again for the same key. */
export const repeatableKinds = ['approve', 'consent', 'subscription'] as const;

/** What an effect is an effect of. */
export type EffectKind = (typeof onceOnlyKinds)[number] | (typeof repeatableKinds)[number];

/** An effect and how often it was caused. */
export interface LedgerEntry {
  readonly key: string;
  readonly kind: EffectKind;
  readonly tenantId: string;
  readonly isOnceOnly: boolean;
  readonly count: number;
  /** What each effect made, oldest first; of effects that may repeat the first one only. */
  readonly objectIds: readonly string[];
  readonly firstAt: string;
  readonly lastAt: string;
}

/** One effect, as the code that causes it reports it. */
export interface Effect {
  readonly kind: EffectKind;
  readonly tenantId: string;
  /** The business key without its kind. */
  readonly key: string;
  readonly objectId: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/**
 * What was done at this FinHub, however often it was asked for: the witness of the tests. Counts only ever rise, and each
 * is written in the tick of its effect. A refusal is no effect; a repeat that changes nothing of a finished object is
 * one, of a kind that may repeat.
 */
export class Ledger {
  constructor(private readonly entries: Collection<LedgerEntry>) {}

  record(effect: Effect): void {
    const key = `${effect.kind}:${effect.key}`;
    const isOnceOnly = (onceOnlyKinds as readonly string[]).includes(effect.kind);
    const at = new Date(effect.at).toISOString();
    const before = this.entries.get(key);
    this.entries.put(key, {
      key,
      kind: effect.kind,
      tenantId: effect.tenantId,
      isOnceOnly,
      count: (before?.count ?? 0) + 1,
      objectIds: before && !isOnceOnly ? before.objectIds : [...(before?.objectIds ?? []), effect.objectId],
      firstAt: before?.firstAt ?? at,
      lastAt: at,
    });
  }

  get(key: string): LedgerEntry | undefined {
    return this.entries.get(key);
  }

  all(): LedgerEntry[] {
    return [...this.entries.all()];
  }

  /** Once-only effects that happened more than once. */
  doubled(): LedgerEntry[] {
    return this.all().filter((entry) => entry.isOnceOnly && entry.count > 1);
  }

  /** How many effects of each kind there were, and how many keys. */
  totals(): Partial<Record<EffectKind, { effects: number; keys: number }>> {
    const totals: Partial<Record<EffectKind, { effects: number; keys: number }>> = {};
    for (const { kind, count } of this.entries.all()) {
      const total = (totals[kind] ??= { effects: 0, keys: 0 });
      total.effects += count;
      total.keys += 1;
    }
    return totals;
  }
}
