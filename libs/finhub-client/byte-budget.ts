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
 * Bounds the bytes that are under way in a process. Room goes to whoever has the least under way, and of each owner to its
 * items in their order: one with many waiting holds up no other. Several owners have at most half of the bound each. An item
 * that is larger than that is let through when nothing else of its owner is under way, one that is larger than the bound when
 * nothing else is at all.
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
    if (call.signal.aborted || !(await this.#wait(item, call))) return undefined;
    try {
      return { result: await run() };
    } finally {
      this.#add(item, -item.bytes);
      this.#admitNext();
    }
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
      this.#admitNext();
    });
  }

  #admitNext(): void {
    for (let next = this.#next(); next && this.#hasRoom(next); next = this.#next()) {
      this.#waiters.splice(this.#waiters.indexOf(next), 1);
      this.#add(next, next.bytes);
      next.admit();
    }
  }

  /** It keeps its turn where there is no room for it yet; who has all of its own share has none. */
  #next(): Waiter | undefined {
    const firstOfEach = new Map([...this.#waiters].reverse().map((waiter) => [waiter.owner, waiter]));
    return [...firstOfEach.values()]
      .filter((waiter) => this.#isWithinShare(waiter))
      .sort((a, b) => this.#of(a) - this.#of(b) || this.#waiters.indexOf(a) - this.#waiters.indexOf(b))[0];
  }

  #of({ owner }: Item): number {
    return this.#bytesOf.get(owner) ?? 0;
  }

  #add(item: Item, bytes: number): void {
    this.#bytes += bytes;
    const after = this.#of(item) + bytes;
    if (after === 0) this.#bytesOf.delete(item.owner);
    else this.#bytesOf.set(item.owner, after);
  }

  #isWithinShare(item: Item): boolean {
    return this.#of(item) === 0 || this.#of(item) + item.bytes <= this.#ownerMax;
  }

  #hasRoom({ bytes }: Item): boolean {
    return this.#bytes === 0 || this.#bytes + bytes <= this.bytesMax;
  }
}
