import { setTimeout as delay } from 'node:timers/promises';
import type { Stage } from '#contracts/contract.js';
import type { Applicant, Applicants } from './applicants.js';
import type { MatrixArguments } from './arguments.js';
import { deathOf, isDisturbed, type Attempt } from './attempt.js';
import { casesOf, isOnItsWay, needsFreshProcess, representative, roundsOf, type Case } from './cases.js';
import type { Crew } from './crew.js';
import { isWentOn } from './aftermath.js';
import { goesThrough, kindOf, turnOf, type Kind } from './kinds.js';
import type { KillPoint } from './trace.js';
import { leaseMs, type World } from './world.js';

export interface StageMatrixParts {
  readonly world: World;
  readonly stage: Stage;
  readonly applicants: Applicants;
  readonly wanted: MatrixArguments;
  readonly say: (line: string) => void;
}

/** An attempt that is under way. */
type Underway = Pick<Attempt, 'case' | 'applicant'>;

const ends: readonly unknown[] = ['activated', 'rejected', 'cancelled'];
const deathLimitMs = 90_000;
const endLimitMs = 240_000;
const quietMs = 2_500;
/** The sweeper of the outbox takes up what nobody has published for 20 seconds. */
const sweepLimitMs = 30_000;
export const triesMax = 3;
/** Where the way is one of its own, so many are looked at: what only some of them do is chance. */
const countedOnItsWay = 3;
/** How long the look-up of a late answer takes: in the middle of it the first owner comes back. */
const lookUpMs = 2_500;
/** Between those that any process may take up: due at once, one process would take them all. */
const apartMs = 400;

/** All cases of one stage, in rounds: in each, every process of the stage dies at the edge of an applicant of its own. */
export class StageMatrix {
  private crew: Crew | undefined;
  private readonly attempts: Attempt[] = [];
  /** What the stage does for an applicant of each kind when no process dies; there once counted. */
  readonly undisturbed = new Map<Kind, Attempt['trace']>();
  private roundMs = 10_000;

  constructor(private readonly parts: StageMatrixParts) {}

  /** The edges that one undisturbed applicant of each kind has in this stage. */
  async count(): Promise<Case[]> {
    const { world, stage, wanted } = this.parts;
    const kinds = wanted.kinds.filter((kind) => goesThrough(kind, stage));
    this.crew = await world.staff(stage, wanted.seats);
    const counted: Case[] = [];
    for (const [n, kind] of kinds.entries()) counted.push(...(await this.countFor(kind, n)));
    const asked = counted.filter(
      ({ kill }) => wanted.edges === undefined || kill.edge.includes(wanted.edges),
    );
    return wanted.isEvery ? asked : representative(asked);
  }

  /** Runs the cases until each has come up undisturbed, or was tried three times. Resolves to every attempt. */
  async run(cases: readonly Case[]): Promise<readonly Attempt[]> {
    let left = cases;
    for (let tries = 1; tries <= triesMax && left.length > 0; tries += 1) {
      await this.runAll(left, tries);
      left = left.filter(
        (each) => !this.attempts.some((attempt) => attempt.case === each && this.isGood(attempt)),
      );
      if (left.length > 0)
        this.parts.say(`  ${left.length} cases did not come up by themselves (try ${tries})`);
    }
    await this.awaitLast();
    return this.attempts.map((attempt) => this.seen(attempt, attempt.state));
  }

  private async countFor(kind: Kind, n: number): Promise<Case[]> {
    const count = turnOf(kind) === undefined ? 1 : countedOnItsWay;
    const traces = await Promise.all(
      Array.from({ length: count }, (_, index) => this.lookAt(kind, (n + index) % this.parts.wanted.seats)),
    );
    this.undisturbed.set(kind, traces[0] ?? []);
    return casesOf(kind, traces, leaseMs);
  }

  /** What the stage does for an applicant while nobody dies. */
  private async lookAt(kind: Kind, seat: number): Promise<Attempt['trace']> {
    const applicant = this.parts.applicants.make(kind, seat);
    await this.submit(kind, applicant, []);
    await this.until('an applicant to be through', endLimitMs, async () => {
      const state = await this.stateOf(applicant);
      return state === applicant.expectedEnd && isQuiet(this.traceOf(applicant));
    });
    return this.traceOf(applicant);
  }

  private async submit(kind: Kind, applicant: Applicant, kills: readonly KillPoint[]): Promise<void> {
    const { world, stage } = this.parts;
    const { command, lost } = kindOf(kind);
    const isLate = lost?.lateUntil !== undefined;
    if (isLate) await world.slowDown(applicant, lost.lateUntil, lookUpMs);
    const freeze = isLate ? { edge: turnOf(kind) ?? '', forMs: leaseMs + lookUpMs / 2 } : undefined;
    await world.submit(stage, applicant, { kills, freeze });
    if (command === undefined) return;
    await this.until('an applicant to wait', endLimitMs, () => {
      const trace = this.traceOf(applicant);
      return Promise.resolve(isQuiet(trace) && trace.some((line) => line.leaseMs === 0));
    });
    await world.give(stage, applicant, command);
  }

  /** A wave is as many rounds as fit into a lease; then its applicants are waited for, while nobody dies. */
  private async runAll(cases: readonly Case[], tries: number): Promise<void> {
    const rounds = roundsOf(cases, this.parts.wanted.seats, tries);
    let wave: Underway[] = [];
    let beganAtMs = performance.now();
    for (const [n, round] of rounds.entries()) {
      if (wave.length === 0) beganAtMs = performance.now();
      wave.push(...(await this.runRound(round, tries > 1 || round.some(needsFreshProcess))));
      this.parts.say(`  round ${n + 1} of ${rounds.length}: ${round.length} died`);
      const shortestMs = Math.min(...wave.map((each) => each.case.leaseMs));
      const wouldFit = performance.now() - beganAtMs + this.roundMs < shortestMs;
      if (wouldFit && n + 1 < rounds.length) continue;
      await this.finish(wave);
      wave = [];
    }
  }

  private async runRound(round: readonly Case[], isFresh: boolean): Promise<Underway[]> {
    const { world, stage, wanted, applicants } = this.parts;
    const beganAtMs = performance.now();
    if (isFresh || this.crew === undefined) this.crew = await world.staff(stage, wanted.seats);
    else await this.crew.untilShared();
    const underway = round.map((each, seat) => ({ case: each, applicant: applicants.make(each.kind, seat) }));
    await Promise.all(
      underway.map(async ({ case: its, applicant }, index) => {
        if (isOnItsWay(its)) await delay(index * apartMs);
        await this.submit(its.kind, applicant, [its.kill]);
      }),
    );
    await this.untilAll(underway, deathLimitMs, async ({ applicant }) => {
      if (deathOf({ trace: this.traceOf(applicant) }) !== undefined) return true;
      return this.hasEnded(applicant);
    });
    this.roundMs = performance.now() - beganAtMs;
    return underway;
  }

  private async finish(wave: readonly Underway[]): Promise<void> {
    await this.untilAll(wave, endLimitMs, ({ applicant }) => this.hasEnded(applicant));
    for (const each of wave) this.attempts.push(this.seen(each, await this.stateOf(each.applicant)));
  }

  /** What goes on without holding up an applicant: an event that is published once more. */
  private async awaitLast(): Promise<void> {
    const dead = this.attempts.filter((attempt) => deathOf(attempt) !== undefined);
    await this.untilAll(dead, sweepLimitMs, ({ applicant }) =>
      Promise.resolve(isWentOn(this.traceOf(applicant))),
    );
  }

  private isGood(attempt: Attempt): boolean {
    return deathOf(attempt) !== undefined && !isDisturbed(attempt, this.attempts);
  }

  private seen({ case: each, applicant }: Underway, state: string): Attempt {
    return { case: each, applicant, trace: this.traceOf(applicant), state };
  }

  private traceOf({ onboardingId }: Applicant): Attempt['trace'] {
    return this.parts.world.trace(this.parts.stage, onboardingId);
  }

  /** Who is parked for now may be taken up again by what comes later. */
  private async hasEnded(applicant: Applicant): Promise<boolean> {
    const state = await this.stateOf(applicant);
    return state === applicant.expectedEnd || ends.includes(state);
  }

  private async stateOf({ onboardingId }: Applicant): Promise<string> {
    return (await this.parts.world.status(onboardingId)).state;
  }

  /** What is not so in time is seen by the witness: here it only must not hold up the others. */
  private async untilAll<Each>(
    all: readonly Each[],
    limitMs: number,
    isSo: (each: Each) => Promise<boolean>,
  ): Promise<void> {
    let left = all;
    const deadline = performance.now() + limitMs;
    while (left.length > 0 && performance.now() < deadline) {
      const verdicts = await Promise.all(left.map(isSo));
      left = left.filter((_, index) => verdicts[index] !== true);
      await delay(200);
    }
  }

  private async until(what: string, limitMs: number, isSo: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + limitMs;
    while (!(await isSo())) {
      if (performance.now() > deadline) throw new Error(`waited ${limitMs} ms in vain for ${what}`);
      await delay(200);
    }
  }
}

function isQuiet(trace: Attempt['trace']): boolean {
  const last = trace.at(-1);
  return last !== undefined && Date.now() - last.atMs > quietMs;
}
