import { describe, expect, test } from '@jest/globals';
import { askedBy } from './asked.js';
import { doubtfulSteps } from './effects-table.js';
import { garbageHeader } from './seen.js';
import { asked, customerId, email, Scene } from './testing/scene.js';
import { judge } from './verdict.js';

const parked = { code: 'attempts_exhausted', step: 'register', isInDoubt: false, attempts: 10 };
const inDoubt = { code: 'in_doubt', step: 'register', isInDoubt: true, attempts: 1 };
const waiting = { kind: 'waiting', attempt: 1, code: 'waiting_for_evidence' };
const garbage = {
  topic: 'onboarding.registered.v1',
  value: Buffer.from('{'),
  headers: { [garbageHeader]: '1' },
};

/** The rules that the scene breaks. */
function rulesBrokenIn(scene: Scene): string[] {
  return judge(scene.seen()).findings.map(({ rule }) => rule);
}

describe('nothing is found', () => {
  test.each([
    ['where an onboarding went well', () => Scene.activated()],
    [
      'where an event was published twice',
      () => Scene.acknowledged().event('rejected', 'registration').again().state('rejected'),
    ],
    [
      'where an activation is known to FinHub, and ours is in doubt, for nobody could look for fifteen minutes',
      () =>
        Scene.consented()
          .effect(`activation:${customerId}`)
          .unread('activate', 'activation', { times: 12, seconds: 900 }),
    ],
    [
      'where a parked onboarding was replayed, and went on',
      () =>
        Scene.consented()
          .event('parked', 'activation', { data: parked })
          .answered('activation', '1', { command: 'replay' })
          .effect(`activation:${customerId}`)
          .event('activated', 'activation', { data: { customerId } })
          .state('activated'),
    ],
    [
      'where a customer is known to FinHub only, and ours is in doubt',
      () =>
        Scene.acknowledged()
          .effect(`register:tenant:${email}`, ['c'])
          .event('parked', 'registration', { data: inDoubt })
          .state('parked'),
    ],
    [
      'where a command was answered, and a hint was not',
      () =>
        Scene.registered()
          .command('1')
          .command('2', 'look-again')
          .answered('verification', '1', { command: 'cancel' })
          .event('cancelled', 'verification')
          .state('cancelled'),
    ],
    [
      'where an effect that may repeat did',
      () => Scene.activated().effect('consent:c:terms', ['1', '2'], false),
    ],
    [
      'where an erased onboarding has a tombstone',
      () =>
        Scene.activated()
          .command('1', 'erase')
          .answered('activation', '1')
          .event('erased', 'activation')
          .state(null),
    ],
    [
      'where FinHub decided before it had every document, and takes no more',
      () => Scene.activated({ asked: { ...asked, document: 2 }, isDecidedByFinhub: true }),
    ],
    [
      'where garbage is a dead letter, sealed anew when it was read again',
      () =>
        Scene.activated()
          .record({ ...garbage, offset: '7' })
          .deadLetterOf(garbage.topic, '7')
          .deadLetterOf(garbage.topic, '7'),
    ],
  ])('%s', (_, scene) => {
    expect(judge(scene().seen()).findings).toEqual([]);
  });
});

describe('it is found', () => {
  test.each([
    ['that an acknowledged request was never heard of again', 'lost', () => Scene.acknowledged()],
    ['that an onboarding stopped between two stages', 'lost', () => Scene.registered()],
    [
      'that a parked one was replayed, and nothing came of it',
      'lost',
      () =>
        Scene.acknowledged()
          .event('parked', 'registration', { data: parked })
          .answered('registration', '1', { command: 'replay' }),
    ],
    [
      'that a paused one was never resumed',
      'lost',
      () => Scene.registered().answered('verification', '1', { command: 'pause' }).state('paused'),
    ],
    [
      'that a paused one was resumed, and nothing came of it',
      'lost',
      () =>
        Scene.registered()
          .answered('verification', '1', { command: 'pause' })
          .answered('verification', '2', { command: 'resume' }),
    ],
    [
      'that an onboarding nobody acknowledged stopped half-way',
      'lost',
      () =>
        Scene.activated().event('attempt', 'registration', {
          onboardingId: '00000000-0000-5000-8000-000000000002',
        }),
    ],
    ['that an onboarding ended twice', 'many-ends', () => Scene.activated().event('cancelled', 'activation')],
    [
      'that an end is not the one that had to come',
      'wrong-end',
      () =>
        Scene.acknowledged({ expectedEnd: 'activated' })
          .event('rejected', 'registration', { data: { code: 'already_a_customer' } })
          .state('rejected'),
    ],
    [
      'that one was cancelled whom nobody wanted cancelled',
      'unasked',
      () => Scene.registered().command('1', 'pause').event('cancelled', 'verification').state('cancelled'),
    ],
    [
      'that one was erased who was to be cancelled',
      'unasked',
      () =>
        Scene.registered()
          .command('1', 'cancel')
          .event('cancelled', 'verification')
          .event('erased', 'verification')
          .state(null),
    ],
    [
      'that one is parked though all is well',
      'parked',
      () => Scene.acknowledged().event('parked', 'registration', { data: parked }).state('parked'),
    ],
    ['that a stage was left out', 'way-missing', () => Scene.activated().without('onboarding.consented.v1')],
    [
      'that something happened twice at FinHub',
      'doubled',
      () => Scene.activated().effect('director:c:d', ['1', '2']),
    ],
    [
      'that a customer is not known to FinHub',
      'never-registered',
      () => Scene.activated().withoutEffect(`register:tenant:${email}`),
    ],
    [
      'that an activation never happened',
      'not-done',
      () => Scene.activated().withoutEffect(`activation:${customerId}`),
    ],
    [
      'that a document never came',
      'not-done',
      () => Scene.activated().withoutEffect('document:verification-1:PASSPORT:a:b'),
    ],
    [
      'that a document was left out, and the event does not count it',
      'wrong-number',
      () => Scene.activated({ asked: { ...asked, document: 2 } }),
    ],
    [
      'that a director was left out',
      'wrong-number',
      () => Scene.activated({ asked: { ...asked, director: 2 } }).effect(`director:${customerId}:a@b.test`),
    ],
    [
      'that a shareholder is there for whom nobody asked',
      'wrong-number',
      () => Scene.activated().effect(`shareholder:${customerId}:CORPORATE:Holding:100`),
    ],
    [
      'that a consent was never given, however often the other was',
      'wrong-number',
      () =>
        Scene.activated({ asked: { ...asked, consent: 2 } })
          .withoutEffect(`consent:${customerId}:terms`)
          .effect(`consent:${customerId}:terms`, ['1', '2'], false),
    ],
    [
      "that a customer was taken for somebody else's",
      'adopted',
      () =>
        Scene.activated()
          .event('registered', 'registration', {
            onboardingId: '00000000-0000-5000-8000-000000000002',
            sequence: 1,
            data: { customerId },
          })
          .event('parked', 'verification', {
            onboardingId: '00000000-0000-5000-8000-000000000002',
            data: parked,
          }),
    ],
    [
      'that a customer was made for one who was rejected',
      'unknown-customer',
      () =>
        Scene.acknowledged()
          .effect(`register:tenant:${email}`, ['c'])
          .event('rejected', 'registration')
          .state('rejected'),
    ],
    [
      'that a customer was made for nobody',
      'unknown-customer',
      () => Scene.activated().effect('register:tenant:a@b.test', ['c']),
    ],
    [
      'that FinHub activated one who was rejected',
      'untold-activation',
      () =>
        Scene.consented()
          .effect(`activation:${customerId}`)
          .event('rejected', 'activation')
          .state('rejected'),
    ],
    [
      'that FinHub activated nobody of ours',
      'untold-activation',
      () => Scene.activated().effect('activation:stranger'),
    ],
    [
      'that an event has two values',
      'unlike-copies',
      () =>
        Scene.activated()
          .event('attempt', 'consent', { id: 'e', sequence: 2 })
          .event('attempt', 'consent', { id: 'e', sequence: 2, time: '2030-01-01T00:00:01Z' }),
    ],
    [
      'that two events have one sequence',
      'sequence-twice',
      () => Scene.activated().event('attempt', 'consent', { sequence: 1 }),
    ],
    [
      'that an event is missing',
      'sequence-gap',
      () => Scene.activated().event('attempt', 'consent', { sequence: 3 }),
    ],
    [
      'that events came in another order',
      'disorder',
      () =>
        Scene.activated()
          .event('attempt', 'consent', { sequence: 3 })
          .event('attempt', 'consent', { sequence: 2 }),
    ],
    [
      'that something was in doubt that can be found out',
      'needless-doubt',
      () =>
        Scene.registered()
          .event('parked', 'verification', { data: { ...inDoubt, step: 'approve' } })
          .state('parked'),
    ],
    [
      'that an activation was in doubt after nobody could look for fifteen seconds',
      'needless-doubt',
      () => Scene.consented().unread('activate', 'activation', { times: 12, seconds: 15 }),
    ],
    [
      'that nobody had looked often in those fifteen minutes',
      'needless-doubt',
      () => Scene.consented().unread('activate', 'activation', { times: 2, seconds: 900 }),
    ],
    [
      'that those fifteen minutes were before it was resumed',
      'needless-doubt',
      () =>
        Scene.consented()
          .unread('activate', 'activation', { times: 12, seconds: 900 })
          .answered('activation', '1', { command: 'replay' })
          .unread('activate', 'activation', { times: 12, seconds: 15, from: 900 }),
    ],
    [
      'that a call was in doubt of which the look-up was read, and told nothing',
      'needless-doubt',
      () =>
        Scene.registered()
          .event('attempt', 'verification', { data: { ...waiting, step: 'upload:1' } })
          .event('parked', 'verification', { data: { ...inDoubt, step: 'upload:1' } })
          .state('parked'),
    ],
    [
      'that one stays in doubt of whom a webhook has told',
      'untaken-evidence',
      () =>
        Scene.acknowledged()
          .effect(`register:tenant:${email}`, ['c'])
          .event('parked', 'registration', { data: inDoubt })
          .command('1', 'evidence', { kind: 'customer.created' })
          .state('parked'),
    ],
    ['that a command has no answer', 'unanswered', () => Scene.activated().command('1')],
    [
      'that a command has two answers',
      'answered-twice',
      () =>
        Scene.activated()
          .command('1')
          .answered('consent', '1', { command: 'pause' })
          .answered('activation', '1', { command: 'pause' }),
    ],
    [
      'that a personal value is on a topic',
      'personal-data',
      () => Scene.activated().event('refused', 'registration', { data: { code: 'Canary7' } }),
    ],
    [
      'that it is there in base64',
      'personal-data',
      () =>
        Scene.activated().record({
          topic: 'other',
          value: Buffer.from(Buffer.from('a name: Canary7!').toString('base64')),
        }),
    ],
    ['that the state topic says something else', 'state-topic', () => Scene.activated().state('in_progress')],
    [
      'that the state topic has one who was erased',
      'state-topic',
      () => Scene.activated().event('erased', 'activation').state('erased'),
    ],
    ['that an unreadable record was dropped', 'dropped', () => Scene.activated().record(garbage)],
    [
      'that a readable record was called unreadable',
      'needless-dead-letter',
      () => Scene.activated().deadLetterOf('onboarding.registered.v1', '0'),
    ],
  ])('%s', (_, rule, scene) => {
    expect(rulesBrokenIn(scene())).toContain(rule);
  });
});

test('a finding is a sentence with the ids', () => {
  expect(judge(Scene.acknowledged().seen()).findings).toEqual([
    {
      rule: 'lost',
      sentence:
        '00000000-0000-5000-8000-000000000001 (request-1, individual) has no end and is not parked: nothing was ever said of it.',
    },
  ]);
});

test('the figures say how the onboardings stand, and what FinHub has done', () => {
  const scene = Scene.activated()
    .command('1')
    .answered('activation', '1', { command: 'replay', outcome: 'refused' })
    .again();
  expect(judge(scene.seen()).figures).toEqual({
    requests: 1,
    commands: 1,
    records: 8,
    standings: { activated: 1 },
    inDoubt: 0,
    onceOnlyEffects: 4,
    doubled: 0,
    copies: 1,
  });
});

test('of these steps alone docs/finhub-effects.md says that nothing but a webhook tells', () => {
  const names = doubtfulSteps().map(({ stage, step }) => `${stage} ${step}`);
  expect(names).toEqual(['registration register', 'verification open-verification']);
});

test('what is asked for is counted in the request', () => {
  const request = { employees: [1], directors: [1, 2], documents: [1, 2, 3], consents: [1, 2, 3] };
  expect(askedBy(request)).toEqual({ employee: 1, director: 2, shareholder: 0, document: 3, consent: 3 });
});
