import { setTimeout as delay } from 'node:timers/promises';
import { lookAside, type Judged } from '../witness/aside.js';
import type { WitnessPlace } from '../witness/look.js';
import { standingOf } from '../witness/standing.js';
import { storiesOf, type Story } from '../witness/story.js';
import type { KafkaHands } from './kafka-hands.js';
import type { Asked, Ops } from './ops.js';
import type { Sandbox } from './sandbox.js';
import { isToldByLedger, resolveTruly } from './truth.js';

/** What settling needs. */
export interface SettleTools {
  readonly kafka: KafkaHands;
  readonly ops: Ops;
  readonly sandbox: Sandbox;
  /** What the witness is told; anew at each look, for commands are given meanwhile. */
  readonly place: () => WitnessPlace;
  readonly limits?: SettleLimits;
}

/** Milliseconds. What still has no end after `stillMs` without a new record, or after `allMs`, is lost. */
export interface SettleLimits {
  readonly stillMs: number;
  readonly allMs: number;
}

/** A backlog of an hour takes minutes; what is lost stands still long before. */
const generous: SettleLimits = { stillMs: 120_000, allMs: 1_800_000 };
const lookIntervalMs = 2_000;
/** Of these it is promised that a replay goes on once FinHub is well again. */
const replayable = ['attempts_exhausted', 'misconfigured'];
/** Found while something is under way; after that they count. */
const passing = ['lost', 'unanswered', 'state-topic', 'untold-activation', 'untaken-evidence', 'dropped'];

/** What was seen in the end, what the witness says of it, and how long it took. */
export interface Settled extends Judged {
  readonly tookMs: number;
  readonly replayed: number;
}

/**
 * Waits until nothing moves: all faults are off. Replays what is parked because FinHub failed, resumes what is paused, and
 * says what became of what is in doubt; all have to go on. Resolves also when the limits are over, with what is found then.
 */
export async function settle({
  kafka,
  ops,
  sandbox,
  place,
  limits = generous,
}: SettleTools): Promise<Settled> {
  const startedAtMs = performance.now();
  const nudged = new Map<string, string>();
  let moved = { count: await kafka.recordCount(), atMs: startedAtMs };
  for (;;) {
    await delay(lookIntervalMs);
    const count = await kafka.recordCount();
    if (count !== moved.count) {
      moved = { count, atMs: performance.now() };
      continue;
    }
    const { seen, verdict } = await lookAside(place());
    const isNudged = await nudge(storiesOf(seen), { ops, sandbox }, nudged);
    const isOpen = isNudged || verdict.findings.some(({ rule }) => passing.includes(rule));
    const nowMs = performance.now();
    // After an hour of chaos a look takes minutes: what came meanwhile has moved too.
    const countAfter = await kafka.recordCount();
    if (countAfter !== count) moved = { count: countAfter, atMs: nowMs };
    const isOver = nowMs - moved.atMs > limits.stillMs || nowMs - startedAtMs > limits.allMs;
    if (!isOpen || isOver) return { seen, verdict, tookMs: nowMs - startedAtMs, replayed: nudged.size };
  }
}

/** Gives the command that goes on, once for each stop. True if there was something to do. */
async function nudge(
  stories: readonly Story[],
  { ops, sandbox }: Pick<SettleTools, 'ops' | 'sandbox'>,
  nudged: Map<string, string>,
): Promise<boolean> {
  let isAny = false;
  for (const story of stories) {
    const stop = story.events.findLast(({ data }) => data['outcome'] !== 'refused')?.id ?? '';
    const asked = nudged.get(story.onboardingId) === stop ? undefined : await commandFor(story, sandbox);
    if (asked === undefined) continue;
    isAny = true;
    const { how } = await ops.give(story.onboardingId, asked);
    if (how === 'done') nudged.set(story.onboardingId, stop);
  }
  return isAny;
}

async function commandFor(story: Story, sandbox: Sandbox): Promise<Asked | undefined> {
  const { state, code = '', step, isInDoubt } = standingOf(story);
  if (state === 'paused') return { command: 'resume' };
  if (state !== 'parked') return undefined;
  if (isInDoubt === true && isToldByLedger(step) && story.request !== undefined)
    return resolveTruly(step, story.request, sandbox);
  return replayable.includes(code) ? { command: 'replay' } : undefined;
}
