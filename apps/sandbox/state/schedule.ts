/** Things that FinHub does by itself later. Holds no process alive. */
export class Schedule {
  private readonly timers = new Set<NodeJS.Timeout>();

  /** Runs `work` after `delayMs`, unless everything is forgotten before. */
  after(delayMs: number, work: () => void): void {
    const timer = setTimeout(
      () => {
        this.timers.delete(timer);
        work();
      },
      Math.max(0, delayMs),
    );
    timer.unref();
    this.timers.add(timer);
  }

  clear(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }
}
