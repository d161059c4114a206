import { expect, test } from '@jest/globals';
import { readArguments } from './arguments.js';

test('without options it chooses by the sources whether data are kept, and stays up', () => {
  expect(readArguments([])).toEqual({
    isOnce: false,
    isDataKept: undefined,
    requestsFile: undefined,
    isVerbose: false,
  });
});

test('an option that does not exist is named', () => {
  expect(() => readArguments(['--onec'])).toThrow("'--onec'");
});

test('keeping and dropping the data at once is refused', () => {
  expect(() => readArguments(['--keep', '--fresh'])).toThrow('exclude each other');
});
