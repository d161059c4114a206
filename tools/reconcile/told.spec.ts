import { describe, expect, it } from '@jest/globals';
import type { Contract } from '#contracts/contract.js';
import type { OnboardingEvent } from '#contracts/envelope.js';
import {
  onboardingActivated,
  onboardingAnswered,
  onboardingAttempt,
  onboardingConsented,
  onboardingErased,
  onboardingParked,
  onboardingRegistered,
  onboardingRejected,
  onboardingVerified,
} from '#contracts/events.js';
import { onboardingRequested } from '#contracts/requested.js';
import { stages } from './stages.js';
import { Told } from './told.js';

const onboardingId = '0b1c7f6e-58c5-5d38-8f0e-2a8e5f9a7b11';

function event(contract: Contract, rest: Partial<OnboardingEvent>): OnboardingEvent {
  return {
    id: `${rest.stage} ${rest.sequence}`,
    type: contract.type,
    time: '2030-01-01T00:00:00Z',
    onboardingId,
    tenantId: 'tenant-a',
    requestId: 'request-1',
    applicantKind: 'individual',
    stage: 'registration',
    correlationId: onboardingId,
    data: contract.example,
    ...rest,
  };
}

function told(...events: OnboardingEvent[]): Told {
  const all = new Told(stages);
  for (const each of events) all.add(each);
  return all;
}

describe('what the topics tell', () => {
  it('is who was given to a stage, also where it has told nothing yet', () => {
    const requested = event(onboardingRequested, { stage: 'gateway' });
    const nothing = {
      state: 'active',
      sequence: 0,
      standing: undefined,
      answered: [],
      results: {},
      toldEnd: undefined,
    };
    expect(told(requested).runsOf('registration')).toEqual([{ onboardingId, ...nothing }]);
    const registered = event(onboardingRegistered, { sequence: 1 });
    expect(told(registered).runsOf('verification')).toEqual([{ onboardingId, ...nothing }]);
    expect(told({ ...registered, applicantKind: 'organization' }).runsOf('personnel')).toHaveLength(1);
  });

  it('is how far a stage’s events are numbered, in whatever order they are read', () => {
    const [first, second] = [1, 2].map((sequence) =>
      event(onboardingAttempt, { stage: 'consent', sequence }),
    );
    expect(told(second!, first!, second!).runsOf('consent')).toMatchObject([
      { state: 'active', sequence: 2 },
    ]);
  });

  it.each([
    [onboardingVerified, 'verification', 'passed'],
    [onboardingConsented, 'consent', 'passed'],
    [onboardingRejected, 'consent', 'ended'],
  ] as const)('is who has left a stage (%#)', (contract, stage, state) => {
    expect(told(event(contract, { stage, sequence: 3 })).runsOf(stage)).toMatchObject([
      { state, sequence: 3 },
    ]);
  });

  it('has the steps that keep something in the vault done again, and their event told again by the same id', () => {
    const registered = event(onboardingRegistered, { sequence: 3, data: { customerId: 'c', userId: 'u' } });
    const register = { result: { customerId: 'c', userId: 'u' }, tries: 1, ms: 0 };
    expect(told(registered).runsOf('registration')).toEqual([
      {
        onboardingId,
        state: 'active',
        toldEnd: 3,
        sequence: 3,
        standing: undefined,
        answered: [],
        results: { categories: { result: {}, tries: 1, ms: 0 }, register },
      },
    ]);
    const activated = event(onboardingActivated, { stage: 'activation', sequence: 1 });
    expect(told(activated).runsOf('activation')).toMatchObject([
      { state: 'active', sequence: 1, toldEnd: 1 },
    ]);
    const refusal = event(onboardingAnswered, { stage: 'activation', sequence: 2 });
    expect(told(activated, refusal).runsOf('activation')).toMatchObject([
      { state: 'active', sequence: 2, toldEnd: 1 },
    ]);
  });

  it('is that nothing is done again of one that a later stage has erased', () => {
    const registered = event(onboardingRegistered, { sequence: 1 });
    const erased = event(onboardingErased, { stage: 'verification', sequence: 2 });
    for (const events of [
      [registered, erased],
      [erased, registered],
    ])
      expect(told(...events).runsOf('registration')).toMatchObject([{ state: 'passed', toldEnd: undefined }]);
  });

  it('is which commands are answered; an erasure is none of them, for the restored vault knows nothing of it', () => {
    const erased = event(onboardingErased, {
      stage: 'consent',
      sequence: 2,
      data: { ...onboardingErased.example, commandId: 'erasure' },
    });
    const answered = event(onboardingAnswered, {
      stage: 'consent',
      sequence: 3,
      answeredCommands: ['pause', 'erasure'],
    });
    expect(told(erased, answered).runsOf('consent')).toMatchObject([{ answered: ['pause'] }]);
  });

  it('is whether a human has paused it or set it going, by the last word', () => {
    const parked = event(onboardingParked, { stage: 'consent', sequence: 1 });
    expect(told(parked).runsOf('consent')).toMatchObject([{ standing: { state: 'parked', sequence: 1 } }]);
    const replayed = answer('replay', 2);
    expect(told(replayed, parked).runsOf('consent')).toMatchObject([
      { standing: { state: 'active', sequence: 2 } },
    ]);
    expect(told(parked, replayed, answer('pause', 3)).runsOf('consent')).toMatchObject([
      { standing: { state: 'paused', sequence: 3 } },
    ]);
  });

  it('is that an approval was applied: again, for only the database knew of it', () => {
    expect(told(answer('approve', 1), answer('replay', 2)).runsOf('consent')).toMatchObject([
      { answered: ['replay'] },
    ]);
  });
});

function answer(command: string, sequence: number): OnboardingEvent {
  const data = { ...onboardingAnswered.example, commandId: command, command, outcome: 'applied' };
  const answeredCommands = ['approve', 'replay'];
  return event(onboardingAnswered, { stage: 'consent', sequence, data, answeredCommands });
}
