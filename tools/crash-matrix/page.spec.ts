import { expect, test } from '@jest/globals';
import type { Attempt } from './attempt.js';
import { kindOf, type Kind } from './kinds.js';
import { page } from './page.js';
import type { Side, TraceLine } from './trace.js';

const intent = 'Postgres: write the intent of activate';

test('each edge has a row that says what happened when a process died before it and after it, and how long it took', async () => {
  const text = await pageOf([attempt('individual', 'before', 12_100), attempt('individual', 'after', 7_000)]);
  expect(cellsOf(text)).toEqual([
    [intent, 'individual', 'claimed by the next process', '12.1', 'claimed by the next process', '7.0'],
  ]);
});

test('kinds of applicants of whom the same is to be said share a row', async () => {
  const text = await pageOf([
    attempt('individual', 'before', 12_100),
    attempt('organization', 'before', 12_400),
  ]);
  expect(cellsOf(text).map(([, kind]) => kind)).toEqual(['both']);
});

test('a kind that goes another way is named beside them, and its own end is no surprise', async () => {
  const text = await pageOf([
    attempt('individual', 'before', 12_100),
    attempt('organization', 'before', 12_400),
    attempt('rejected', 'before', 12_000),
  ]);
  expect(cellsOf(text)).toEqual([[intent, 'both, rejected', 'claimed by the next process', '12.1']]);
});

test('an applicant who was not activated stands out', async () => {
  const text = await pageOf([{ ...attempt('individual', 'before', 12_100), state: 'parked' }]);
  expect(cellsOf(text)[0]?.[2]).toBe('claimed by the next process; **parked**');
});

function pageOf(attempts: readonly Attempt[]): Promise<string> {
  const undisturbed = new Map<string, readonly TraceLine[]>();
  return page([{ stage: 'activation', attempts, undisturbed }], { summary: ['all is well'] });
}

function cellsOf(text: string): string[][] {
  const rows = text.split('\n').filter((line) => line.startsWith('| Postgres'));
  return rows
    .map((row) => row.split('|').map((cell) => cell.trim()))
    .map((cells) => cells.slice(1, -1).filter(Boolean));
}

function attempt(kind: Kind, side: Side, afterMs: number): Attempt {
  const { applicantKind, end: expectedEnd } = kindOf(kind);
  return {
    case: { kind, position: 0, kill: { edge: intent, nth: 1, side }, leaseMs: 12_000 },
    applicant: { requestId: 'r', onboardingId: 'o', applicantKind, email: 'e', request: {}, expectedEnd },
    trace: [
      { atMs: 0, pid: 1, edge: intent, side, isKill: true },
      { atMs: afterMs, pid: 2, edge: 'Postgres: claim what is due', side: 'after' },
    ],
    state: expectedEnd,
  };
}
