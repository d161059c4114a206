import type { Surroundings } from '../surroundings.js';
import type { Tally } from './tally.js';

const intervalMs = 100;

/** Shows progress: one line that is rewritten on a terminal; in a pipe a plain line at every tenth of the way. */
export class ProgressDisplay {
  private shownTenth = 0;
  private shownAtMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly surroundings: Pick<Surroundings, 'err' | 'isTerminal' | 'monotonicMs'>) {}

  show(tally: Tally): void {
    if (this.surroundings.isTerminal) this.showOnTerminal(tally);
    else this.showInPipe(tally);
  }

  /** Clears the line on a terminal. */
  end(): void {
    if (this.surroundings.isTerminal) this.surroundings.err('\r\u001b[2K');
  }

  private showOnTerminal(tally: Tally): void {
    const nowMs = this.surroundings.monotonicMs();
    if (nowMs - this.shownAtMs < intervalMs) return;
    this.shownAtMs = nowMs;
    this.surroundings.err(`\r\u001b[2K${textOf(tally)}`);
  }

  private showInPipe(tally: Tally): void {
    const tenth = Math.floor((tally.answered / tally.total) * 10);
    if (tenth > this.shownTenth) this.surroundings.err(`${textOf(tally)}\n`);
    this.shownTenth = Math.max(tenth, this.shownTenth);
  }
}

function textOf(tally: Tally): string {
  const refused = tally.count('refused');
  const asides = [
    refused > 0 ? `${String(refused)} refused` : '',
    tally.retries > 0 ? `${String(tally.retries)} retries` : '',
  ];
  return [`${String(tally.answered)} of ${String(tally.total)} answered`, ...asides.filter(Boolean)].join(
    ', ',
  );
}
