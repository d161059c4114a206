import { expect, test } from '@jest/globals';
import { isWhole, readArguments } from './arguments.js';

test('without arguments it is the whole matrix', () => {
  const wanted = readArguments([]);
  expect(wanted).toMatchObject({
    kinds: ['individual', 'organization'],
    seats: 8,
    isEvery: false,
  });
  expect(wanted !== undefined && isWhole(wanted)).toBe(true);
});

test.each([
  ['--stage', 'consent'],
  ['--kind', 'organization'],
  ['--kind', 'rejected', '--kind', 'unheard'],
  ['--edges', 'Kafka: send'],
])('%s asks for a part of it', (...argv) => {
  const wanted = readArguments(argv);
  expect(wanted !== undefined && isWhole(wanted)).toBe(false);
});

test('lost stands for every kind that loses an answer, each once', () => {
  const kinds = readArguments(['--kind', 'lost', '--kind', 'unheard'])?.kinds;
  expect(kinds).toEqual([
    'unheard',
    'doubtful',
    'lost-employee',
    'lost-director',
    'lost-shareholder',
    'lost-verification',
    'lost-upload',
    'lost-activation',
    'late',
  ]);
});

test('what it does not know it refuses in a sentence', () => {
  expect(() => readArguments(['--stage', 'gateway'])).toThrow(/^--stage gateway: give one of registration,/u);
  expect(() => readArguments(['--seats', '0'])).toThrow('--seats 0: give a whole number from 1 to 24.');
});

test('--help runs nothing', () => {
  expect(readArguments(['--help'])).toBeUndefined();
});
