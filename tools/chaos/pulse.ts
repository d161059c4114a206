import { setTimeout as delay } from 'node:timers/promises';

const intervalMs = 500;

/**
 * How long FinHub's stand-in, on a busy machine, is behind: the longest time that it took to answer a question that costs
 * nothing. What it is asked at such a time it does that much later; beyond time limit and settle time no client can tell.
 */
export class Pulse {
  private longestMs = 0;
  private readonly stopping = new AbortController();

  constructor(private readonly sandboxUrl: string) {}

  /** Milliseconds. */
  get longest(): number {
    return Math.round(this.longestMs);
  }

  /** Feels it until it is stopped. One that is down has no pulse. */
  async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const sinceMs = performance.now();
      const isAnswered = await fetch(`${this.sandboxUrl}/_sandbox/faults`, { signal }).then(
        async (answer) => (await answer.text()).length > 0,
        () => false,
      );
      if (isAnswered) this.longestMs = Math.max(this.longestMs, performance.now() - sinceMs);
      await delay(intervalMs, undefined, { signal }).catch(() => undefined);
    }
  }

  stop(): void {
    this.stopping.abort();
  }
}
