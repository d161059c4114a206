import { expect, it } from '@jest/globals';
import { isDatabaseAway } from './database-away.js';

it.each([
  'Connection terminated unexpectedly',
  'timeout exceeded when trying to connect',
  'Query read timeout',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
])('what pg says in words only, for it has no code, is that Postgres is away: %s', (words) => {
  expect(isDatabaseAway(new Error(words))).toBe(true);
  expect(isDatabaseAway(new Error('a transaction failed', { cause: new Error(words) }))).toBe(true);
});

it('other words are not', () => {
  expect(isDatabaseAway(new Error('column "x" does not exist'))).toBe(false);
  expect(isDatabaseAway('Connection terminated')).toBe(false);
});
