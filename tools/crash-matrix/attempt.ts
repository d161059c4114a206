import type { Applicant } from './applicants.js';
import type { Case } from './cases.js';
import { isWork } from './aftermath.js';
import type { TraceLine } from './trace.js';

/** A case as it was tried with one applicant. */
export interface Attempt {
  readonly case: Case;
  readonly applicant: Applicant;
  /** What the stage did for the applicant, and where its process died. */
  readonly trace: readonly TraceLine[];
  /** Where the applicant stood at last, by the gateway. */
  readonly state: string;
}

/** The death that the case asked for, if it came. */
export function deathOf({ trace }: Pick<Attempt, 'trace'>): TraceLine | undefined {
  return trace.find(({ isKill }) => isKill);
}

/**
 * Another case's death hit a process while it had this applicant: the figures are not this case's own. Work ends when the
 * stage's event is published; what comes then, commands for one who is through, is nobody's wait.
 */
export function isDisturbed(attempt: Attempt, all: readonly Attempt[]): boolean {
  const others = all.filter((other) => other !== attempt).flatMap((other) => deathOf(other) ?? []);
  const work = attempt.trace.filter(isWork);
  const until = work.findLast(({ edge }) => edge.startsWith('Kafka: send'))?.atMs ?? Infinity;
  return others.some(
    (death) =>
      death.atMs < until &&
      hasIt(
        death.pid,
        work.filter(({ atMs }) => atMs <= death.atMs),
      ),
  );
}

/** Whether the process is the one that has the applicant after this: whoever has given it back has only its events left to publish. */
function hasIt(pid: number, work: readonly TraceLine[]): boolean {
  const givenBack = work.findLastIndex(({ leaseMs, side }) => leaseMs === 0 && side === 'after');
  const since = work.slice(givenBack + 1).filter(({ edge }) => !/Kafka: send|from the outbox/u.test(edge));
  return since.at(-1)?.pid === pid;
}
