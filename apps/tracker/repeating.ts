import type { Logger } from 'pino';

/**
 * Does something again and again, one run at a time, with a pause between; a run that fails is logged and tried again
 * after the pause.
 */
export class Repeating {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private isAsked = false;
  private hasStopped = false;

  constructor(
    private readonly task: {
      readonly name: string;
      readonly pauseMs: number;
      readonly logger: Logger;
      readonly run: () => Promise<void>;
    },
  ) {}

  get isStopped(): boolean {
    return this.hasStopped;
  }

  start(): void {
    this.wake();
  }

  /** Runs now, or once more when the run under way is over. */
  wake(): void {
    this.isAsked = true;
    if (this.running !== undefined || this.hasStopped) return;
    clearTimeout(this.timer);
    this.isAsked = false;
    this.running = this.runOnce().finally(() => {
      this.running = undefined;
      this.schedule();
    });
  }

  /** Waits for the run under way. */
  async stop(): Promise<void> {
    this.hasStopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private schedule(): void {
    if (this.hasStopped) return;
    if (this.isAsked) this.wake();
    else {
      this.timer = setTimeout(() => {
        this.wake();
      }, this.task.pauseMs);
    }
  }

  private async runOnce(): Promise<void> {
    try {
      await this.task.run();
    } catch (error) {
      // A failing run waits for its pause, also when it was asked for: Postgres or Kafka may be away.
      this.isAsked = false;
      if (!this.hasStopped) this.task.logger.warn({ err: error }, `${this.task.name} failed; trying again`);
    }
  }
}
