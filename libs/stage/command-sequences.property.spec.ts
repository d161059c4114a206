import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import type { Command } from '#contracts/commands.js';
import { onboardingRegistered } from '#contracts/events.js';
import { StepFailure } from './failure.js';
import { NotYet, type Found, type Steps } from './steps.js';
import { OneRun } from './testing/one-run.js';

const timeLimitMs = 200;
const turnsMax = 200;
const names = [
  'replay',
  'cancel',
  'pause',
  'resume',
  'approve',
  'erase',
  'look-again',
  'correct',
  'resolve',
] as const;
const moment = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ give: fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 3 }) }),
  },
  { weight: 2, arbitrary: fc.record({ turns: fc.integer({ min: 1, max: 4 }) }) },
);
/** What becomes of the calls, one after the other, then all are well. */
const calls = fc.array(fc.constantFrom('lost', 'not done', 'no', 'unstorable', 'handler fails'), {
  maxLength: 4,
});
const finds = fc.array(fc.constantFrom('absent', 'present', 'unknown', 'repeat', 'unstorable'), {
  maxLength: 4,
});
const story = fc.record({
  calls,
  finds,
  moments: fc.array(moment, { minLength: 1, maxLength: 8 }),
  isHeld: fc.boolean(),
  isCorrectionKnown: fc.boolean(),
});
type Story = typeof story extends fc.Arbitrary<infer Told> ? Told : never;

describe('whatever commands come, whenever, and whatever becomes of the calls', () => {
  it('each is answered at most once, and once where the stage holds the onboarding to its end', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (told) => {
        const { run, given } = await play(told);
        for (const { commandId, command } of given.filter((each) => each.command !== 'look-again')) {
          const answers = run.told.filter(
            ({ name, data }) => name === 'answered' && data['commandId'] === commandId,
          );
          expect({ command, answers: answers.length <= 1 }).toEqual({ command, answers: true });
          if (run.state !== 'passed')
            expect({ command, answers: answers.length }).toEqual({ command, answers: 1 });
        }
      }),
      { numRuns: 600 },
    );
  });

  it('it ends once, and after its end or its erasure nothing is called', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (told) => {
        const { run, callsAfterEnd } = await play(told);
        const ends = run.told.filter(({ name }) => ['cancelled', 'rejected', 'registered'].includes(name));
        expect(ends.length).toBeLessThanOrEqual(1);
        expect(callsAfterEnd).toBe(0);
      }),
      { numRuns: 600 },
    );
  });

  it('its state is at every moment what its events say', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (told) => {
        expect((await play(told)).lies).toEqual([]);
      }),
      { numRuns: 600 },
    );
  });
});

async function play({ calls: outcomes, finds: found, moments, isHeld, isCorrectionKnown }: Story) {
  const left = { calls: [...outcomes], finds: [...found] };
  const given: Command[] = [];
  const lies: object[] = [];
  let callsAfterEnd = 0;
  const call = async (): Promise<object> => {
    if (run.told.some(({ name }) => ['cancelled', 'erased', 'rejected'].includes(name))) callsAfterEnd += 1;
    return outcomeOf(left.calls.shift());
  };
  const find = async (): Promise<Found<object>> => foundAs(left.finds.shift());
  const handler = async (steps: Steps) => {
    if (left.calls[0] === 'handler fails') {
      left.calls.shift();
      throw new Error('the vault is away');
    }
    const customer = await steps.once('register', call, { find, needs: ['customerId'], timeLimitMs });
    await steps.poll(
      'decision',
      async () => (steps.signals('approve').length > 0 ? {} : new NotYet('waiting_for_verification')),
      {
        ...{
          everyMs: 30,
          everyMaxMs: 60,
          deadlineMs: 300,
          overdue: 'verification_overdue' as const,
          timeLimitMs,
        },
      },
    );
    await steps.once('activate', call, { find, timeLimitMs });
    return onboardingRegistered({
      customerId: String((customer as { customerId?: string }).customerId),
      userId: 'u',
    });
  };
  const run: OneRun = new OneRun(handler, {
    sealRecord: () => Promise.resolve(''),
    fingerprint: (input) => JSON.stringify(input),
    acceptCorrection: () =>
      Promise.resolve(isCorrectionKnown ? {} : { refusedAs: 'unknown_correction' as const }),
    revertCorrection: () => Promise.resolve(),
    erase: () => Promise.resolve(isHeld ? 'held' : []),
  });
  const look = (): void => {
    if (standing(run) !== foldOf(run)) lies.push({ state: run.state, told: [...run.told] });
  };
  for (const each of moments) {
    if ('turns' in each) {
      for (let left = each.turns; left > 0 && (await run.turn()); left -= 1) look();
      continue;
    }
    const commands = each.give.map(commandNamed);
    given.push(...commands);
    run.give(...commands);
  }
  for (let left = turnsMax; left > 0 && (await run.turn()); left -= 1) look();
  return { run, given, callsAfterEnd, lies };
}

async function outcomeOf(outcome: string | undefined): Promise<object> {
  if (outcome === 'lost') throw new StepFailure('unknown-outcome', 'timed_out');
  if (outcome === 'not done') throw new StepFailure('not-done', 'rate_limited');
  if (outcome === 'no') throw new StepFailure('rejected', 'conflict');
  return outcome === 'unstorable' ? { customerId: '\u0000' } : { customerId: 'customer-1' };
}

function foundAs(state: string | undefined): Found<object> {
  if (state === 'unknown' || state === 'repeat') return { state };
  if (state === 'unstorable') return { state: 'present', result: { customerId: '\u0000' } };
  return state === 'present' ? { state, result: { customerId: 'found' } } : { state: 'absent' };
}

function commandNamed(command: (typeof names)[number]): Command {
  const base = { commandId: randomUUID(), by: 'ops@example', why: 'a spec asks' };
  if (command === 'correct') return { command, ...base, pointer: '/phone', correctionId: randomUUID() };
  if (command === 'resolve')
    return { command, ...base, step: 'register', hasHappened: true, result: { customerId: 'told' } };
  return { command, ...base };
}

/** What an onlooker sees: whether it is worked on, waits or rests between tries is one to him. */
function standing({ state }: OneRun): string {
  return state === 'active' || state === 'waiting' ? 'under way' : state;
}

/** The same, by the events alone: as the tracker does. */
function foldOf({ told }: OneRun): string {
  return told
    .reduce((state, { name, data }) => {
      if (name === 'cancelled' || name === 'rejected') return 'ended';
      if (name === 'registered') return 'passed';
      if (name === 'parked') return data['isInDoubt'] === true ? 'parked in doubt' : 'parked';
      return name === 'answered' && data['outcome'] === 'applied'
        ? afterCommand(state, String(data['command']))
        : state;
    }, 'under way')
    .replace(' in doubt', '');
}

function afterCommand(state: string, command: string): string {
  if (command === 'pause') return 'paused';
  if (['resume', 'replay', 'correct', 'resolve'].includes(command)) return 'under way';
  return command === 'approve' && state === 'parked in doubt' ? 'under way' : state;
}
