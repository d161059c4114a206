import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { OnboardingEvent } from '#contracts/envelope.js';
import type { Stage } from '#contracts/contract.js';
import { publishedStateOf } from './published-state.js';
import { decide } from './journey.rules.js';
import type { Registers } from './registers.js';
import { standingOf, type Standing } from './standing.rules.js';
import { Story } from './testing/story.js';

const waiting = {
  kind: 'waiting',
  step: 'decision',
  nextAt: '2030-01-02T00:00:00Z',
  deadlineAt: '2030-01-09T00:00:00Z',
} as const;

/** Everything that may happen, at any stage, in any number: also what no journey does. */
const stages: readonly Stage[] = ['registration', 'verification', 'consent', 'activation'];
const happenings: readonly ((story: Story, stage: Stage) => Story)[] = [
  (told) => told.requested(),
  (told) => told.refused('request_malformed', told.events[0]?.id),
  (told, stage) => told.passed(stage),
  (told, stage) => told.attempted(stage),
  (told, stage) => told.attempted(stage, waiting),
  (told, stage) => told.parked(stage),
  (told, stage) => told.answered(stage, 'replay'),
  (told, stage) => told.answered(stage, 'pause'),
  (told, stage) => told.answered(stage, 'resume'),
  (told, stage) => told.answered(stage, 'cancel', { outcome: 'refused' }),
  (told, stage) => told.rejected(stage),
  (told, stage) => told.cancelled(stage),
  (told, stage) => told.erased(stage),
];
const arbitraryEvents = fc
  .array(fc.tuple(fc.constantFrom(...happenings), fc.constantFrom(...stages)), { maxLength: 25 })
  .map((steps) => steps.reduce((told, [happens, stage]) => happens(told, stage), story()).events);

describe('in any order, however often', () => {
  it('the same events end in the same registers', () => {
    fc.assert(
      fc.property(arbitraryEvents, fc.infiniteStream(fc.nat()), (events, dice) => {
        const again = events.filter((_, index) => (dice.next().value as number) % 3 === index % 3);
        const shuffled = [...events, ...again]
          .map((event) => ({ event, place: dice.next().value as number }))
          .sort((a, b) => a.place - b.place)
          .map(({ event }) => event);
        expect(fold(shuffled)).toEqual(fold(events));
      }),
      { numRuns: 2_000 },
    );
  });

  it('an event that was seen before changes nothing at all', () => {
    fc.assert(
      fc.property(arbitraryEvents, (events) => {
        const registers = fold(events);
        for (const event of events) expect(decide(registers, event)).toBe(registers);
      }),
    );
  });

  it('what has ended never becomes anything else but erased', () => {
    fc.assert(
      fc.property(arbitraryEvents, arbitraryEvents, (events, late) => {
        const before = standingOf(fold(events)).state;
        fc.pre(['activated', 'rejected', 'cancelled', 'erased'].includes(before));
        const after = standingOf(fold([...events, ...late]));
        expect(['activated', 'rejected', 'cancelled', 'erased']).toContain(after.state);
        if (before === 'erased') expect(after.state).toBe('erased');
      }),
    );
  });
});

describe('where an onboarding stands', () => {
  it.each<[string, Story, Partial<Standing>]>([
    [
      'is admitted when its request was seen',
      story().requested(),
      { state: 'admitted', stage: 'registration' },
    ],
    [
      'is at the next stage once one has passed',
      story().requested().passed('registration'),
      { state: 'in_progress', stage: 'verification', customerId: 'customer-1' },
    ],
    [
      'is at personnel after registration where it is an organization',
      new Story('r', 'organization').passed('registration'),
      { state: 'in_progress', stage: 'personnel' },
    ],
    [
      'waits, with what is due and until when',
      story().passed('registration').attempted('verification', waiting),
      {
        state: 'waiting',
        stage: 'verification',
        step: 'decision',
        due: { step: 'decision', nextAt: '2030-01-02T00:00:00Z', deadlineAt: '2030-01-09T00:00:00Z' },
      },
    ],
    [
      'is in progress while a failed attempt is to be repeated',
      story().attempted('registration', { attempt: 3 }),
      { state: 'in_progress', stage: 'registration', attempts: 3, code: 'rate_limited' },
    ],
    [
      'is parked with reason, step and attempts',
      story().parked('registration'),
      { state: 'parked', code: 'attempts_exhausted', step: 'register', attempts: 8, isInDoubt: false },
    ],
    [
      'is in progress after a replay',
      replayed('replay'),
      { state: 'in_progress', isReplayed: true, attempts: 0 },
    ],
    ['is in progress after a correction', replayed('correct'), { state: 'in_progress', isReplayed: true }],
    ['is in progress after a resolution', replayed('resolve'), { state: 'in_progress', isReplayed: true }],
    [
      'stays parked when the replay was refused',
      story()
        .parked('registration')
        .answered('registration', 'replay', { outcome: 'refused', code: 'not_parked' }),
      { state: 'parked', isReplayed: false },
    ],
    ['is paused', story().passed('registration').answered('verification', 'pause'), { state: 'paused' }],
    [
      'is where it was when it is resumed',
      story()
        .passed('registration')
        .attempted('verification', waiting)
        .answered('verification', 'pause')
        .answered('verification', 'resume'),
      { state: 'waiting', step: 'decision' },
    ],
    [
      'is paused no more once its stage has passed all the same',
      story().answered('registration', 'pause').passed('registration'),
      { state: 'in_progress', stage: 'verification' },
    ],
    [
      'is rejected with all errors',
      story().rejected('registration'),
      {
        state: 'rejected',
        stage: 'registration',
        code: 'request_invalid',
        endedAt: '2030-01-01T00:00:00.000Z',
      },
    ],
    ['is cancelled', story().cancelled('consent'), { state: 'cancelled', code: 'cancelled_by_command' }],
    ['is activated', story().passedUpTo('activation'), { state: 'activated', stage: 'activation' }],
    [
      'is erased',
      story().passedUpTo('activation').erased('activation'),
      { state: 'erased', stage: 'activation' },
    ],
  ])('%s', (_promise, { events }, expected) => {
    expect(standingOf(fold(events))).toMatchObject(expected);
  });

  it('has no state where every request under its id was refused, and one where a good request came too', () => {
    const bad = story().requested();
    const refused = [
      ...bad.events,
      ...new Story(bad.requestId).refused('request_malformed', bad.last.id).events,
    ];
    expect(standingOf(fold(refused))).toMatchObject({ state: 'refused', code: 'request_malformed' });
    expect(publishedStateOf({ registers: fold(refused) })).toBeNull();
    expect(standingOf(fold([...refused, ...bad.requested().events])).state).toBe('admitted');
  });

  it('is not touched by a refusal once a stage has worked on it', () => {
    const { events } = story().passed('registration').refused('request_conflict').attempted('verification');
    expect(standingOf(fold(events)).state).toBe('in_progress');
  });
});

describe('a command that a stage refused', () => {
  const refusal = () =>
    story().answered('activation', 'replay', { outcome: 'refused', code: 'already_ended' }).last;

  it('is no news of an onboarding, known or not', () => {
    const known = fold(story().passedUpTo('activation').events);
    expect(decide(known, refusal())).toBe(known);
    expect(decide({}, refusal())).toEqual({});
  });
});

describe('the state topic', () => {
  it('tells state, stage, code, since when and the customer', () => {
    expect(
      publishedStateOf({ registers: fold(story().passed('registration').parked('verification').events) }),
    ).toEqual({
      state: 'parked',
      stage: 'verification',
      code: 'attempts_exhausted',
      since: '2030-01-01T00:00:01.000Z',
      customerId: 'customer-1',
    });
  });

  it('gets a tombstone for what was erased', () => {
    expect(
      publishedStateOf({ registers: fold(story().cancelled('consent').erased('consent').events) }),
    ).toBeNull();
  });
});

function story(): Story {
  return new Story('request-1');
}

function replayed(command: 'replay' | 'correct' | 'resolve'): Story {
  return story().parked('registration').answered('registration', command);
}

function fold(events: readonly OnboardingEvent[]): Registers {
  return events.reduce<Registers>(decide, {});
}
