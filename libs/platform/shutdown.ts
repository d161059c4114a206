/** How long a service may take to finish or give back what is under way. */
export const shutdownDeadlineMs = 2_000;

/** The part of `process` that a service needs; a test gives its own. */
export interface ProcessHost {
  readonly env: NodeJS.ProcessEnv;
  readonly stderr: { write(text: string): unknown };
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  exit(code: number): void;
  /** There where a parent process listens. */
  send?: ((message: unknown) => unknown) | undefined;
}

/**
 * Calls `stop` on the first SIGTERM or SIGINT, or when the parent that listens has gone, and exits with 0 once it is
 * done or the deadline has passed. A second signal exits at once with 1.
 */
export function stopOnSignal(host: ProcessHost, stop: (reason: string) => Promise<void>): void {
  let isStopping = false;
  const onSignal = (reason: string): void => {
    if (isStopping) {
      host.exit(1);
      return;
    }
    isStopping = true;
    void withinDeadline(stop(reason)).then(() => {
      host.exit(0);
    });
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'disconnect']) {
    host.on(signal, () => {
      onSignal(signal);
    });
  }
}

async function withinDeadline(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, shutdownDeadlineMs);
  });
  await Promise.race([work.catch(() => undefined), deadline]);
  clearTimeout(timer);
}
