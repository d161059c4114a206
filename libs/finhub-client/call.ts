import { setMaxListeners } from 'node:events';

/** What a caller says about one call. Inside a stage the runtime gives it; outside, {@link standaloneCall} is enough. */
export interface Call {
  /** Gives the call up: before it is sent nothing happens, afterwards the outcome is unknown. */
  readonly signal: AbortSignal;
  /** How long to wait for a connection, and then again, from the moment of sending, for the whole answer. Milliseconds. */
  readonly timeLimitMs: number;
  /**
   * Called in the same turn in which the request is written to the socket, each time that it is (a call that a renewed
   * session repeats is sent twice), and of a streamed body before each part. What it throws reaches the caller as it is, and
   * nothing whole has been written.
   */
  beforeSend(): void;
}

const never = new AbortController().signal;
setMaxListeners(0, never);

/** For calls that no stage makes: 10 s, never given up. */
export const standaloneCall: Call = {
  signal: never,
  timeLimitMs: 10_000,
  beforeSend: () => undefined,
};
