import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Story } from './testing/story.js';
import { timelineOf } from './timeline.rules.js';

const commandId = '3f0c5c2e-7a51-4f43-9a0f-0d3c1d8f2b11';
const replay = { command: 'replay', commandId, by: 'ops', why: 'FinHub is back' } as const;

describe('a timeline', () => {
  it('tells what happened, in words of the events', () => {
    const { events } = new Story().requested().parked('registration').asked(replay);
    expect(timelineOf(events).map(({ what }) => what)).toEqual(['requested', 'parked', 'command']);
    expect(timelineOf(events).at(-1)).toMatchObject({ command: 'replay', by: 'ops', why: 'FinHub is back' });
  });

  it('is the same whatever the order in which the events came', () => {
    const { events } = new Story()
      .requested()
      .attempted('registration')
      .parked('registration')
      .passed('registration');
    fc.assert(
      fc.property(fc.shuffledSubarray(events, { minLength: events.length }), (shuffled) => {
        expect(timelineOf(shuffled)).toEqual(timelineOf(events));
      }),
    );
  });

  it('goes by stage and sequence where clocks disagree', () => {
    const { events } = new Story().passed('registration').attempted('verification').passed('verification');
    const skewed = events.map((event, index) => ({ ...event, time: `2030-01-01T00:00:0${9 - index}.000Z` }));
    expect(timelineOf(skewed).map(({ what }) => what)).toEqual(['registered', 'attempt', 'verified']);
  });

  it('tells what was wrong with the request that was refused last, and of earlier ones only the code', () => {
    const errors = [{ pointer: '/email', code: 'format', message: 'No e-mail address.' }];
    const { events } = new Story()
      .refused('request_malformed', undefined, { errors })
      .refused('request_malformed', undefined, { errors })
      .rejected('registration', { errors });
    expect(timelineOf(events.toReversed())).toEqual([
      expect.not.objectContaining({ errors }),
      expect.objectContaining({ what: 'refused', code: 'request_malformed', errors }),
      expect.objectContaining({ what: 'rejected', errors }),
    ]);
    expect(timelineOf(events)[0]).toMatchObject({ what: 'refused', code: 'request_malformed' });
  });

  it('has a command before its answer where clocks disagree', () => {
    const { events } = new Story()
      .parked('registration')
      .answered('registration', 'replay', { commandId })
      .asked(replay);
    expect(timelineOf(events).map(({ what }) => what)).toEqual(['parked', 'command', 'answered']);
  });
});
