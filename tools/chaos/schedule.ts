import { onboardingCommand } from '#contracts/commands.js';
import {
  onboardingConsented,
  onboardingRegistered,
  onboardingStaffed,
  onboardingVerified,
} from '#contracts/events.js';
import { onboardingRequested } from '#contracts/requested.js';
import { stageServices } from '../setup/services.js';
import type { Action, ChaosCommand, Scheduled, Surroundings } from './action.js';
import { finhubFault, finhubFaultKinds, longFinhubOutage } from './finhub-faults.js';
import { Random } from './random.js';

/** Milliseconds between two actions, on average. */
const meanGapMs = 2_500;
const firstAtMs = 2_000;
const hourMs = 3_600_000;
/** One outage in so many is long: about one in ten minutes. */
const outagesPerLongOne = 5;
/** The topics whose records stages read; the tracker alone reads the others. */
const topicsOfStages = [
  onboardingRequested,
  onboardingRegistered,
  onboardingStaffed,
  onboardingVerified,
  onboardingConsented,
  onboardingCommand,
].map(({ topic }) => topic);

/** Makes an action of its kind. */
type Card = (random: Random, surroundings: Surroundings) => Action;

/**
 * What happens when: pure, the same for the same seed, length and parts; of another length it differs in how long FinHub's
 * long outages are. Every kind of fault comes once before any comes a second time, so that a short run has as many kinds
 * as it has room for.
 */
export function scheduleOf(seed: number, lengthMs: number, surroundings: Surroundings): Scheduled[] {
  const random = new Random(`schedule ${seed}`);
  const scheduled: Scheduled[] = [];
  let deck: Card[] = [];
  let decks = 0;
  for (let atMs = firstAtMs; atMs < lengthMs; atMs += Math.round(meanGapMs * (0.2 + 1.6 * random.next()))) {
    if (deck.length === 0) {
      deck = random.shuffled([...cards, outageIn(lengthMs, decks)]);
      decks += 1;
    }
    const card = deck.pop();
    if (card !== undefined) scheduled.push({ atMs, ...card(random, surroundings) });
  }
  return scheduled;
}

const ofStages = ({ parts }: Surroundings): string[] =>
  parts.filter(({ service }) => service !== 'gateway' && service !== 'tracker').map(({ part }) => part);

const killStage: Card = (random, at) => ({ kind: 'kill', part: random.pick(ofStages(at)) });
const kill =
  (part: string): Card =>
  () => ({ kind: 'kill', part });
const freezeStage: Card = (random, at) => ({
  kind: 'freeze',
  part: random.pick(ofStages(at)),
  forMs: random.between(5_000, 60_000),
});
const terminate: Card = (random, { parts }) => ({ kind: 'terminate', part: random.pick(parts).part });
const restartStage: Card = (random, { parts }) => {
  const stage = random.pick(stageServices);
  return {
    kind: 'rolling-restart',
    parts: parts.filter(({ service }) => service === stage).map(({ part }) => part),
  };
};
const rebalance: Card = (random) => ({
  kind: 'rebalance',
  stage: random.pick(stageServices),
  forMs: random.between(3_000, 12_000),
});
const resetOffsets: Card = (random) => ({ kind: 'reset-offsets', stage: random.pick(stageServices) });
const putGarbage: Card = (random) => ({
  kind: 'garbage',
  topic: random.pick(topicsOfStages),
  garbage: random.between(0, 1_000),
});
const jumpClock: Card = (random, { parts }) => ({
  kind: 'clock',
  part: random.pick(parts).part,
  byMs: random.pick([-hourMs, hourMs]),
  forMs: random.between(10_000, 30_000),
});

const link =
  (how: 'cut' | 'slow' | 'frozen'): Card =>
  (random, { parts }) => {
    const { part, service } = random.pick(parts);
    const servers = ['postgres', 'kafka', ...(service === 'tracker' ? [] : ['sandbox'])];
    const links = [
      ...servers.map((to) => ({ from: part, to })),
      ...(service === 'gateway'
        ? [
            { from: 'gateway', to: 'tracker' },
            { from: 'sandbox', to: 'gateway' },
          ]
        : []),
    ];
    return { kind: 'link', how, ...random.pick(links), forMs: random.between(500, 20_000) };
  };

const command =
  (name: ChaosCommand): Card =>
  (random) => ({
    kind: 'command',
    command: name,
    pick: random.next(),
    forMs: random.between(1_000, 15_000),
  });

const outageIn =
  (lengthMs: number, deck: number): Card =>
  (random) =>
    deck % outagesPerLongOne === 0 ? longFinhubOutage(random, lengthMs) : finhubFault('outage', random);

/** All but FinHub's outage, of which there is one too. */
const cards: readonly Card[] = [
  ...[killStage, killStage, killStage, killStage],
  ...['postgres', 'kafka', 'sandbox', 'gateway', 'tracker'].map(kill),
  ...[freezeStage, freezeStage, freezeStage],
  ...[
    terminate,
    restartStage,
    rebalance,
    rebalance,
    resetOffsets,
    putGarbage,
    putGarbage,
    jumpClock,
    jumpClock,
  ],
  ...(['cut', 'cut', 'slow', 'frozen', 'frozen', 'frozen'] as const).map(link),
  ...(['cancel', 'cancel', 'pause', 'pause', 'erase', 'erase', 'approve'] as const).map(command),
  ...(['replay', 'correct', 'resolve', 'resolve'] as const).map(command),
  ...finhubFaultKinds
    .filter((name) => name !== 'outage')
    .map(
      (name): Card =>
        (random) =>
          finhubFault(name, random),
    ),
];
