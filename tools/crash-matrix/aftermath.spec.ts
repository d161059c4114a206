import { expect, test } from '@jest/globals';
import { aftermathOf, isWentOn } from './aftermath.js';
import type { TraceLine } from './trace.js';

const claim = 'Postgres: claim what is due';

test('what was called before the death and found out by a look-up is told as not called again', () => {
  const undisturbed = [...call('activateIndividual'), ...call('listWallets')];
  const trace = [
    ...call('activateIndividual'),
    { ...line('FinHub: activateIndividual, answer', 'before', 100), isKill: true as const },
    line(claim, 'after', 12_100),
    ...call('listWallets', 12_200),
    ...call('listWallets', 12_300),
  ];
  expect(aftermathOf(trace, undisturbed)).toEqual({
    afterMs: 12_000,
    how: 'claimed by the next process; `listWallets` asked; `activateIndividual` not called again',
  });
});

test('of a call whose result was written down nothing is told', () => {
  const written = line('Postgres: write the result of register', 'after', 10);
  const trace = [
    ...call('registerIndividual'),
    written,
    { ...line('vault: update admission', 'before', 20), isKill: true as const },
    line(claim, 'after', 12_020),
  ];
  expect(aftermathOf(trace, call('registerIndividual')).how).toBe('claimed by the next process');
});

test('a call that a look-up did not find is told as called then', () => {
  const trace = [
    { ...line('FinHub: addEmployee, request', 'before', 0), isKill: true as const },
    line(claim, 'after', 12_000),
    ...call('listEmployees', 12_100),
    ...call('addEmployee', 12_200),
  ];
  const { how } = aftermathOf(trace, call('addEmployee'));
  expect(how).toBe('claimed by the next process; `listEmployees` asked; then `addEmployee` called');
});

test('a call that was made twice is told', () => {
  const trace = [
    ...call('acceptIndividualConsent'),
    { ...line('FinHub: acceptIndividualConsent, answer', 'after', 0), isKill: true as const },
    line(claim, 'after', 12_000),
    ...call('acceptIndividualConsent', 12_100),
  ];
  const { how } = aftermathOf(trace, call('acceptIndividualConsent'));
  expect(how).toBe('claimed by the next process; `acceptIndividualConsent` called again');
});

test('a command that comes in after the death is not yet somebody who goes on', () => {
  const died = {
    ...line('Postgres: write the end of the stage, with its event', 'after', 0),
    isKill: true as const,
  };
  const trace = [died, line('Kafka: fetch onboarding.command.v1', 'after', 50)];
  expect(isWentOn(trace)).toBe(false);
  expect(aftermathOf(trace, [])).toEqual({ afterMs: undefined, how: 'nothing was left to do' });
});

function call(operation: string, atMs = 0): TraceLine[] {
  return [
    line(`FinHub: ${operation}, request`, 'before', atMs),
    line(`FinHub: ${operation}, request`, 'after', atMs),
  ];
}

function line(edge: string, side: TraceLine['side'], atMs: number): TraceLine {
  return { atMs, pid: 1, edge, side };
}
