import type { Call } from './call.js';

interface Waiter {
  readonly bytes: number;
  admit(): void;
}

/**
 * Bounds the bytes that are under way in a process, first come first served. One item that is larger than the whole bound
 * is let through when nothing else is under way.
 */
export class ByteBudget {
  #bytes = 0;
  readonly #waiters: Waiter[] = [];

  constructor(readonly bytesMax: number) {}

  /** Bytes under way now. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Waits for room, runs, and gives the room back. Gives `undefined` without running where the call is given up, or its
   * time limit passes, before there is room.
   */
  async within<Result>(
    bytes: number,
    call: Call,
    run: () => Promise<Result>,
  ): Promise<{ result: Result } | undefined> {
    if (!(await this.#enter(bytes, call))) return undefined;
    try {
      return { result: await run() };
    } finally {
      this.#bytes -= bytes;
      this.#admitNext();
    }
  }

  async #enter(bytes: number, call: Call): Promise<boolean> {
    if (call.signal.aborted) return false;
    if (this.#waiters.length === 0 && this.#hasRoom(bytes)) {
      this.#bytes += bytes;
      return true;
    }
    return this.#wait(bytes, call);
  }

  #wait(bytes: number, call: Call): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (isAdmitted: boolean) => {
        clearTimeout(timer);
        call.signal.removeEventListener('abort', giveUp);
        resolve(isAdmitted);
      };
      const waiter = { bytes, admit: () => settle(true) };
      const giveUp = () => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        settle(false);
        this.#admitNext();
      };
      const timer = setTimeout(giveUp, call.timeLimitMs);
      call.signal.addEventListener('abort', giveUp, { once: true });
      this.#waiters.push(waiter);
    });
  }

  #admitNext(): void {
    for (let next = this.#waiters[0]; next && this.#hasRoom(next.bytes); next = this.#waiters[0]) {
      this.#waiters.shift();
      this.#bytes += next.bytes;
      next.admit();
    }
  }

  #hasRoom(bytes: number): boolean {
    return this.#bytes === 0 || this.#bytes + bytes <= this.bytesMax;
  }
}
