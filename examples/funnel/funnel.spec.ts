import { describe, expect, test } from '@jest/globals';
import type { Envelope } from '#contracts/envelope.js';
import { eventIdOf, onboardingIdOf } from '#contracts/onboarding-id.js';
import { funnel } from './funnel.js';
import { funnelText } from './funnel-text.js';

/** `what` is the event's name, the stage that published it and its sequence there. */
function event(request: string, what: string, data: object = {}): Envelope {
  const [name = '', stage = '', sequence] = what.split(' ');
  const subject = onboardingIdOf('demo', request);
  return {
    specversion: '1.0',
    id: eventIdOf(subject, stage, Number(sequence ?? 0)),
    source: `/finhub-onboarding/${stage}`,
    type: `onboarding.${name}.v1`,
    subject,
    time: '2030-01-01T00:00:00Z',
    tenantid: 'demo',
    requestid: request,
    applicantkind: request.startsWith('org') ? 'organization' : 'individual',
    stage,
    ...(sequence === undefined ? {} : { sequence: Number(sequence) }),
    correlationid: subject,
    data,
  };
}

const journeyOf = (request: string): Envelope[] => [
  event(request, 'requested gateway'),
  event(request, 'registered registration 1'),
  event(request, 'verified verification 1'),
  event(request, 'consented consent 1'),
  event(request, 'activated activation 1'),
];
const parked = (request: string): Envelope[] => [
  event(request, 'requested gateway'),
  event(request, 'attempt registration 1', { kind: 'failed', code: 'timed_out' }),
  event(request, 'parked registration 2', { code: 'in_doubt' }),
];
const answered = (request: string, outcome: string): Envelope =>
  event(request, 'answered registration 3', { command: 'replay', outcome });

describe('the funnel', () => {
  test('counts each onboarding once at each fact, and where it stands now', () => {
    const rejected = event('c', 'rejected registration 1', { code: 'request_invalid' });
    const { requested, reached, now, reasons } = funnel([...journeyOf('a'), ...parked('b'), rejected]);
    expect(requested).toBe(3);
    expect(reached).toEqual({ registered: 1, staffed: 0, verified: 1, consented: 1, activated: 1 });
    expect(now).toEqual({ activated: 1, rejected: 1, cancelled: 0, parked: 1, 'in progress': 0 });
    expect([...reasons]).toEqual([
      ['parked: in_doubt', 1],
      ['rejected: request_invalid', 1],
    ]);
  });

  test('is the same whatever the order, and counts what was published twice once', () => {
    const events = [...journeyOf('a'), ...parked('b'), ...journeyOf('org-1')];
    const once = funnel(events);
    const shuffled = funnel([...events].reverse().concat(events));
    expect(shuffled).toEqual({ ...once, noise: { ...once.noise, duplicates: events.length } });
  });

  test('shows a parked onboarding as in progress once a command was applied to it, not when it was refused', () => {
    expect(funnel([...parked('b'), answered('b', 'applied')]).now).toMatchObject({
      parked: 0,
      'in progress': 1,
    });
    expect(funnel([...parked('b'), answered('b', 'refused')]).now).toMatchObject({
      parked: 1,
      'in progress': 0,
    });
  });

  test('counts a replay by its command, however many events it led to', () => {
    const replayed = journeyOf('b').map((its) => ({
      ...its,
      replayof: '3f0c5c2e-7a51-4f43-9a0f-0d3c1d8f2b11',
    }));
    const { now, noise, requested } = funnel([...parked('b').slice(0, 2), ...replayed]);
    expect([requested, now.activated, noise.replays]).toEqual([1, 1, 1]);
  });

  test('does not take a refused request for an onboarding', () => {
    const { requested, noise } = funnel([event('x', 'refused gateway', { code: 'request_malformed' })]);
    expect([requested, noise.refusedRequests]).toEqual([0, 1]);
  });

  test('prints as lines', () => {
    expect(funnelText(funnel([...journeyOf('a'), ...parked('b')]))).toBe(
      [
        'requested                                 2',
        'registered                                1    50 %',
        'staffed                                   0     0 %',
        'verified                                  1    50 %',
        'consented                                 1    50 %',
        'activated                                 1    50 %',
        '',
        'now activated                             1    50 %',
        'now rejected                              0     0 %',
        'now cancelled                             0     0 %',
        'now parked                                1    50 %',
        'now in progress                           0     0 %',
        '  parked: in_doubt                        1',
        '',
        'not counted twice: 0 duplicates, 0 replays',
        'on the way: 1 failed attempts, 0 waits',
        'not admitted: 0 refused requests',
        '',
      ].join('\n'),
    );
  });
});
