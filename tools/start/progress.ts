import type { ApplicantKind } from '#contracts/contract.js';
import { journey } from '#contracts/journey.js';
import { onboardingIdOf } from '#contracts/onboarding-id.js';
import type { OnboardingState } from '#contracts/operational-topics.js';
import { stageServices } from '../setup/services.js';
import type { RequestLine } from './requests-file.js';
import type { Submitted } from './submit.js';

/** What became of one request, for the table. */
export interface Outcome {
  readonly requestId: string;
  readonly kind: string;
  /** `activated`, `rejected`, `parked`, ...; what it is doing while it has not ended. */
  readonly end: string;
  readonly code: string | undefined;
  /** For people: the code, or the first broken rule. */
  readonly reason: string | undefined;
  readonly customerId: string | undefined;
  readonly onboardingId: string | undefined;
  /** From its submission on; undefined for what an earlier run did. */
  readonly takenMs: number | undefined;
  readonly expect: RequestLine['expect'];
}

interface Entry {
  readonly line: RequestLine;
  submittedAtMs?: number;
  submitted?: Submitted;
  state?: OnboardingState;
}

const ends: readonly string[] = ['activated', 'rejected', 'cancelled', 'parked', 'erased'];

/** Follows requests from submission to their end. Pure: it is told what happened, and counts. */
export class Progress {
  readonly #entries: readonly Entry[];
  readonly #byOnboarding = new Map<string, Entry>();

  /** Onboarding ids follow from tenant and request id, so a state may come before the gateway's answer. */
  constructor(lines: readonly RequestLine[], tenantId: string) {
    this.#entries = lines.map((line) => ({ line }));
    for (const entry of this.#entries)
      this.#byOnboarding.set(onboardingIdOf(tenantId, entry.line.requestId), entry);
  }

  /** A request was answered; `sentAtMs` is the wall clock when it was sent. */
  submitted(requestId: string, answer: Submitted, sentAtMs: number): void {
    const entry = this.#entries.find(({ line }) => line.requestId === requestId);
    if (entry === undefined) return;
    entry.submitted = answer;
    if (answer.verdict === 'admitted' && answer.isNew) entry.submittedAtMs = sentAtMs;
  }

  /** The newest state of an onboarding; those of others are nobody's here. */
  take(onboardingId: string, state: OnboardingState): void {
    const entry = this.#byOnboarding.get(onboardingId);
    if (entry !== undefined) entry.state = state;
  }

  get isDone(): boolean {
    return this.#entries.every(isEnded);
  }

  /** A row per stage, and one for the ends. */
  rows(): string[] {
    return [...stageServices.map((stage) => this.#rowOf(stage)), this.#rowOfEnds()];
  }

  outcomes(): Outcome[] {
    return this.#entries.map(outcomeOf);
  }

  #rowOf(stage: (typeof stageServices)[number]): string {
    const admitted = this.#entries.filter((entry) => stagesOf(entry).includes(stage));
    const here = admitted.filter((entry) => !isEnded(entry) && entry.state?.stage === stage);
    const waiting = here.filter((entry) => entry.state?.state === 'waiting').length;
    const done = admitted.filter((entry) => hasPassed(entry, stage)).length;
    const note = waiting === 0 ? '' : `, ${waiting} of them waiting`;
    return `  ${stage.padEnd(13)}${String(done).padStart(4)} done ${String(here.length).padStart(4)} here${note}`;
  }

  #rowOfEnds(): string {
    const counts = new Map<string, number>();
    for (const { end } of this.#entries.filter(isEnded).map(outcomeOf))
      counts.set(end, (counts.get(end) ?? 0) + 1);
    const submitted = this.#entries.filter((entry) => entry.submitted !== undefined).length;
    const list = [...counts].map(([end, count]) => `${count} ${end}`).join(', ');
    return `  ${'ended'.padEnd(13)}${String(this.#entries.filter(isEnded).length).padStart(4)} of ${this.#entries.length}${list === '' ? '' : `: ${list}`}${submitted < this.#entries.length ? ` (${submitted} submitted)` : ''}`;
  }
}

function isEnded({ submitted, state }: Entry): boolean {
  return submitted?.verdict === 'refused' || ends.includes(state?.state ?? '');
}

function stagesOf({ line, submitted }: Entry): readonly string[] {
  if (submitted?.verdict !== 'admitted') return [];
  return journey[line.request.kind as ApplicantKind];
}

function hasPassed(entry: Entry, stage: string): boolean {
  if (entry.state === undefined) return false;
  if (entry.state.state === 'activated') return true;
  const stages = stagesOf(entry);
  return stages.indexOf(entry.state.stage) > stages.indexOf(stage);
}

function outcomeOf(entry: Entry): Outcome {
  const { line, submitted, state } = entry;
  const base = { requestId: line.requestId, kind: line.request.kind ?? 'unknown', expect: line.expect };
  if (submitted === undefined) return { ...base, ...nothingKnown, end: 'not submitted' };
  if (submitted.verdict === 'refused') return { ...base, ...refusedBy(submitted) };
  const { onboardingId } = submitted;
  if (state === undefined) return { ...base, ...nothingKnown, end: 'admitted', onboardingId };
  const { state: end, code, customerId } = state;
  return { ...base, end, code, reason: code, customerId, onboardingId, takenMs: takenMsOf(entry) };
}

const nothingKnown = {
  code: undefined,
  reason: undefined,
  customerId: undefined,
  onboardingId: undefined,
  takenMs: undefined,
};

function takenMsOf({ submittedAtMs, state }: Entry): number | undefined {
  if (submittedAtMs === undefined || state === undefined) return undefined;
  return Math.max(0, Date.parse(state.since) - submittedAtMs);
}

/** The gateway answers a request that breaks our rules at once; that is its end, without an onboarding. */
function refusedBy({ isInvalid, reason }: Submitted & { verdict: 'refused' }) {
  if (isInvalid) return { ...nothingKnown, end: 'rejected', code: 'request_invalid', reason };
  return { ...nothingKnown, end: 'refused', code: reason, reason };
}
