import { grouped } from './grouped.js';
import type { SeenEffect } from './seen.js';

/** FinHub's ledger, to be asked for whom something was done. */
export class Ledger {
  private readonly byOwner: ReadonlyMap<string, readonly SeenEffect[]>;
  private readonly byEmail: ReadonlyMap<string, readonly SeenEffect[]>;

  constructor(readonly effects: readonly SeenEffect[]) {
    this.byOwner = grouped(effects, ({ key }) => key.split(':', 2).join(':'));
    this.byEmail = grouped(effects.filter(isRegistration), emailOf);
  }

  /** The effects of a kind, e.g. `director`, for a customer, or of a `document` for a verification. */
  of(kind: string, owner: string): readonly SeenEffect[] {
    return this.byOwner.get(`${kind}:${owner}`) ?? [];
  }

  /** How often there was such an effect; one that may repeat counts once. */
  count(kind: string, owner: string): number {
    return this.of(kind, owner).reduce((sum, { isOnceOnly, count }) => sum + (isOnceOnly ? count : 1), 0);
  }

  /** The customers with that e-mail address. */
  customersOf(email: string): string[] {
    return (this.byEmail.get(email.toLowerCase()) ?? []).flatMap(({ objectIds }) => objectIds);
  }
}

export function isRegistration({ key }: SeenEffect): boolean {
  return key.startsWith('register:');
}

/** `register:<tenant id>:<e-mail>` */
export function emailOf({ key }: SeenEffect): string {
  return key.split(':').slice(2).join(':');
}
