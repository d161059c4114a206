import type { Call } from './call.js';

/** Bytes that somebody wants to have under way, e.g. a tenant. */
interface Item {
  readonly bytes: number;
  readonly owner: string;
}

interface Waiter extends Item {
  admit(): void;
}

/**
 * Bounds the bytes that are under way in a process. Each owner's items come in their order, and those of one never wait for
 * another's that wait. Several owners have at most half of the bound each. An item that is larger than that is let through
 * when nothing else of its owner is under way, one that is larger than the bound when nothing else is at all.
 */
export class ByteBudget {
  #bytes = 0;
  readonly #bytesOf = new Map<string, number>();
  readonly #waiters: Waiter[] = [];
  readonly #ownerMax: number;

  constructor(
    readonly bytesMax: number,
    ownersCount = 1,
  ) {
    this.#ownerMax = ownersCount > 1 ? bytesMax / 2 : bytesMax;
  }

  /** Bytes under way now. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Waits for room, runs, and gives the room back. Gives `undefined` without running where the call is given up, or half of
   * its time limit passes, before there is room: the other half is to be long enough for the item itself.
   */
  async within<Result>(
    item: Item,
    call: Call,
    run: () => Promise<Result>,
  ): Promise<{ result: Result } | undefined> {
    if (!(await this.#enter(item, call))) return undefined;
    try {
      return { result: await run() };
    } finally {
      this.#add(item, -item.bytes);
      this.#admitNext();
    }
  }

  async #enter(item: Item, call: Call): Promise<boolean> {
    if (call.signal.aborted) return false;
    const isFirst = !this.#waiters.some(({ owner }) => owner === item.owner);
    if (!isFirst || !this.#hasRoom(item)) return this.#wait(item, call);
    this.#add(item, item.bytes);
    return true;
  }

  #wait(item: Item, call: Call): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (isAdmitted: boolean) => {
        clearTimeout(timer);
        call.signal.removeEventListener('abort', giveUp);
        resolve(isAdmitted);
      };
      const waiter = { ...item, admit: () => settle(true) };
      const giveUp = () => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        settle(false);
        this.#admitNext();
      };
      const timer = setTimeout(giveUp, call.timeLimitMs / 2);
      call.signal.addEventListener('abort', giveUp, { once: true });
      this.#waiters.push(waiter);
    });
  }

  #admitNext(): void {
    const blocked = new Set<string>();
    for (const waiter of [...this.#waiters]) {
      if (blocked.has(waiter.owner)) continue;
      if (!this.#hasRoom(waiter)) {
        blocked.add(waiter.owner);
        continue;
      }
      this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
      this.#add(waiter, waiter.bytes);
      waiter.admit();
    }
  }

  #add({ owner }: Item, bytes: number): void {
    this.#bytes += bytes;
    const after = (this.#bytesOf.get(owner) ?? 0) + bytes;
    if (after === 0) this.#bytesOf.delete(owner);
    else this.#bytesOf.set(owner, after);
  }

  #hasRoom({ owner, bytes }: Item): boolean {
    const ofOwner = this.#bytesOf.get(owner) ?? 0;
    if (ofOwner > 0 && ofOwner + bytes > this.#ownerMax) return false;
    return this.#bytes === 0 || this.#bytes + bytes <= this.bytesMax;
  }
}
