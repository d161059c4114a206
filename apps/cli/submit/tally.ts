import type { Fault, Outcome } from './submit-line.js';

/** Counts what became of a file's lines, and keeps those that were not accepted, without what they ask for. */
export class Tally {
  accepted = 0;
  /** Accepted by a run before this one. */
  before = 0;
  retries = 0;
  readonly faults: Fault[] = [];

  constructor(readonly total: number) {}

  add(outcome: Outcome): void {
    if (outcome.verdict === 'accepted') this.accepted += 1;
    else this.faults.push(outcome);
  }

  count(verdict: Fault['verdict']): number {
    return this.faults.filter((fault) => fault.verdict === verdict).length;
  }

  /** Lines that have an answer. */
  get answered(): number {
    return this.before + this.accepted + this.faults.length - this.count('cut-off');
  }

  get isCutOff(): boolean {
    return this.count('cut-off') > 0;
  }
}
