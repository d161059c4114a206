/** All clocks go through this, so that a test can stop, move or jump them. */
export interface Clock {
  /** Wall-clock time: for what people read. Never for leases or time limits. */
  now(): Date;
  /** Milliseconds that only ever go forward, from an arbitrary start: for leases and time limits. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
};

/** The injection token of the {@link Clock}. */
export const CLOCK = Symbol('Clock');
