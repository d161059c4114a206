import { expect, test } from '@jest/globals';
import type { MatrixResult } from './matrix.js';
import { shortcomingsOf, summaryOf } from './summary.js';

const good: MatrixResult = {
  stages: [],
  deaths: 1,
  missed: [],
  wrongEnds: [],
  verdict: {
    findings: [],
    figures: {
      requests: 1,
      commands: 0,
      records: 1,
      standings: { activated: 1 },
      inDoubt: 0,
      onceOnlyEffects: 1,
      doubled: 0,
      copies: 0,
    },
  },
};
const missed = 'consent, individual, before X: it did not come up in 3 tries.';
const wrongEnd = 'consent, individual, after X: o-1 should be activated and is parked.';
const finding = { rule: 'lost', sentence: 'o-1 has no end.' };

test('a run in which every case came up and ended as it should is a success', () => {
  expect(shortcomingsOf(good)).toEqual([]);
});

test.each([
  ['a case that never came up', { missed: [missed] }, missed],
  ['an applicant who came to another end', { wrongEnds: [wrongEnd] }, wrongEnd],
  ['what the witness found', { verdict: { ...good.verdict, findings: [finding] } }, 'lost: o-1 has no end.'],
  ['that nobody died', { deaths: 0 }, 'No process died: nothing was tried.'],
])('%s makes it fail, and is told in a sentence', (_, change, sentence) => {
  const result = { ...good, ...change };
  expect(shortcomingsOf(result)).toEqual([sentence]);
  expect(summaryOf(result, 1)).toContain(sentence);
});
