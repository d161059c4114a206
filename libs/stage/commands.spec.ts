import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Command } from '#contracts/commands.js';
import { decideCommand, type CommandRules, type CommandSubject } from './commands.js';
import type { OpenStep } from './open-step.js';
import type { RunState } from './run.js';

const asked = { commandId: randomUUID(), by: 'ops@example', why: 'a spec asks' };
const plain = (command: 'replay' | 'cancel' | 'pause' | 'resume' | 'approve' | 'erase' | 'look-again') =>
  ({ command, ...asked }) as Command;
const correct: Command = { command: 'correct', ...asked, pointer: '/email', correctionId: randomUUID() };
const evidence: Command = {
  command: 'evidence',
  ...asked,
  kind: 'customer.created',
  occurredAt: '2030-01-01T00:00:00Z',
  customerId: 'customer-1',
};
const resolve: Command = { command: 'resolve', ...asked, step: 'register', hasHappened: true };
const everything = [
  ...(['replay', 'cancel', 'pause', 'resume', 'approve', 'erase', 'look-again'] as const).map(plain),
  correct,
  evidence,
  resolve,
];

const intent: OpenStep = { name: 'register', state: 'intent', tries: 1, sinceAt: '2030-01-01T00:00:00Z' };
const rules: CommandRules = {
  signals: ['approve', 'customer.created'],
  endsJourney: false,
  isCorrectable: (pointer) => pointer === '/email',
};
const refused = (code: string) => ({ do: 'refuse', code });

describe('a command', () => {
  it.each(everything)('$command is left to the stage to which the onboarding has gone on', (command) => {
    expect(decide('passed', command)).toEqual({ do: 'leave' });
  });

  it.each([
    plain('replay'),
    plain('cancel'),
    plain('pause'),
    plain('resume'),
    plain('approve'),
    correct,
    resolve,
  ])('$command is refused once the onboarding has ended', (command) => {
    expect(decide('ended', command)).toEqual(refused('already_ended'));
  });

  it('cancel ends whatever has not ended, also what is parked or paused', () => {
    for (const state of ['active', 'waiting', 'parked', 'paused'] as const)
      expect(decide(state, plain('cancel'))).toEqual({ do: 'cancel' });
  });

  it('pause stops what is under way, and resume takes up only what is paused', () => {
    expect(decide('waiting', plain('pause'))).toEqual({ do: 'pause' });
    expect(decide('parked', plain('pause'))).toEqual(refused('already_parked'));
    expect(decide('paused', plain('resume'))).toEqual({ do: 'resume' });
    expect(decide('active', plain('resume'))).toEqual(refused('not_paused'));
  });

  it('replay takes up only what is parked', () => {
    expect(decide('parked', plain('replay'))).toEqual({ do: 'replay' });
    expect(decide('active', plain('replay'))).toEqual(refused('not_parked'));
  });

  it('correct is for parked ones, and for values that no earlier stage has used', () => {
    expect(decide('parked', correct)).toEqual({ do: 'correct' });
    expect(decide('active', correct)).toEqual(refused('not_parked'));
    expect(decide('parked', { ...correct, pointer: '/name' })).toEqual(refused('correction_refused'));
  });

  it('correct is refused while a call with the old value may have happened: it would not be found again', () => {
    for (const openStep of [intent, { ...intent, state: 'retry', isRepeat: true } as const]) {
      const inDoubt = { state: 'parked', openStep } as const;
      expect(decide(inDoubt, correct)).toEqual(refused('step_in_doubt'));
    }
  });

  it('correct is refused likewise after a restored backup, until the step has been looked up and tried', () => {
    const restored = { state: 'parked', mayHaveForgotten: true } as const;
    const openStep = { ...intent, state: 'retry' } as const;
    expect(decide(restored, correct)).toEqual(refused('step_in_doubt'));
    expect(decide({ ...restored, openStep: { ...openStep, name: 'handler' } }, correct)).toEqual(
      refused('step_in_doubt'),
    );
    expect(decide({ ...restored, openStep }, correct)).toEqual({ do: 'correct' });
  });

  it('resolve says what became of the one step in doubt, and of no other', () => {
    const inDoubt = { state: 'parked', openStep: intent } as const;
    expect(decide(inDoubt, resolve)).toEqual({ do: 'resolve' });
    expect(decide(inDoubt, { ...resolve, step: 'activate' })).toEqual(refused('unknown_step'));
    expect(decide('parked', resolve)).toEqual(refused('not_in_doubt'));
    expect(decide({ state: 'active', openStep: intent }, resolve)).toEqual(refused('not_in_doubt'));
  });

  it('erase waits until nobody can still be doing a lost call, and is done also after the end', () => {
    expect(decide({ state: 'active', openStep: intent, isSettling: true }, plain('erase'))).toEqual({
      do: 'later',
    });
    expect(decide('ended', plain('erase'))).toEqual({ do: 'erase' });
  });

  it('approve is answered where a handler asks for it; evidence is taken without a word', () => {
    expect(decide('waiting', plain('approve'))).toEqual({ do: 'signal', isAnswered: true });
    expect(decide('active', evidence)).toEqual({ do: 'signal', isAnswered: false });
    expect(decide('ended', evidence)).toEqual({ do: 'leave' });
  });

  it('a signal for which no handler asks is let pass where nobody waits for an answer, else refused', () => {
    const deaf = { ...rules, signals: [] };
    expect(decideCommand(subject('active'), evidence, deaf)).toEqual({ do: 'leave' });
    expect(decideCommand(subject('active'), plain('approve'), deaf)).toEqual(refused('not_waiting'));
  });

  it.each(everything)(
    '$command finds a stage whose told end is done again as if it were there, but for the replay of what is parked',
    (command) => {
      const redone = { hasToldEnd: true, mayHaveForgotten: true };
      for (const state of ['active', 'waiting'] as const) {
        expect(decide({ ...redone, state }, command)).toEqual(decide('passed', command));
        expect(
          decideCommand(subject({ ...redone, state }), command, { ...rules, endsJourney: true }),
        ).toEqual(decide('ended', command));
      }
      const parked = subject({ ...redone, state: 'parked' });
      const isReplay = command.command === 'replay';
      expect(decideCommand(parked, command, rules)).toEqual(
        isReplay ? { do: 'replay-silently' } : decide('passed', command),
      );
      expect(decideCommand(parked, command, { ...rules, endsJourney: true })).toEqual(
        isReplay ? { do: 'replay' } : decide('ended', command),
      );
    },
  );

  it('look-again wakes what has not ended, and changes nothing else', () => {
    expect(decide('waiting', plain('look-again'))).toEqual({ do: 'wake' });
    expect(decide('ended', plain('look-again'))).toEqual({ do: 'leave' });
  });
});

function subject(found: RunState | Partial<CommandSubject>): CommandSubject {
  const given = typeof found === 'string' ? { state: found } : found;
  const usual = { openStep: null, isSettling: false, mayHaveForgotten: false, hasToldEnd: false };
  return { state: 'active', ...usual, ...given };
}

function decide(found: RunState | Partial<CommandSubject>, command: Command) {
  return decideCommand(subject(found), command, rules);
}
