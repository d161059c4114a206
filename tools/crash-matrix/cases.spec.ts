import { expect, test } from '@jest/globals';
import { casesOf, representative, roundsOf } from './cases.js';
import type { TraceLine } from './trace.js';

const upload = 'FinHub: uploadDocument, request';
const intent = 'Postgres: write the intent of upload:<documentId>';

test('every side of every edge is a case, and edges alike are told apart by their turn', () => {
  const cases = casesOf('individual', [...bothSides(upload), ...bothSides(upload)], 12_000);
  expect(cases.map(({ kill }) => [kill.side, kill.nth])).toEqual([
    ['before', 1],
    ['after', 1],
    ['before', 2],
    ['after', 2],
  ]);
});

test('a case knows how long its onboarding stays with the dead: as long as the last lease that was written', () => {
  const cases = casesOf('individual', [...bothSides(intent, 65_000), ...bothSides(upload)], 12_000);
  expect(cases.map(({ leaseMs }) => leaseMs)).toEqual([12_000, 65_000, 65_000, 65_000]);
});

test('of many edges alike the first two and the last are tried, of commands the first', () => {
  const uploads = [1, 2, 3, 4, 5].flatMap(() => bothSides(upload));
  const commands = [1, 2].flatMap(() => bothSides('Postgres: store a command'));
  const chosen = representative(casesOf('individual', [...uploads, ...commands], 12_000));
  const turns = chosen.filter(({ kill }) => kill.side === 'after').map(({ kill }) => [kill.edge, kill.nth]);
  expect(turns).toEqual([
    [upload, 1],
    [upload, 2],
    [upload, 5],
    ['Postgres: store a command', 1],
  ]);
});

test('what only reads has no effect to be before: it is tried once', () => {
  const reads = [...bothSides('vault: read admission'), ...bothSides('FinHub: listEmployees, request')];
  const cases = representative(casesOf('individual', [...reads, ...bothSides(upload)], 12_000));
  expect(cases.map(({ kill }) => [kill.edge, kill.side])).toEqual([
    ['vault: read admission', 'after'],
    ['FinHub: listEmployees, request', 'after'],
    [upload, 'before'],
    [upload, 'after'],
  ]);
});

test('each round has one case for each process; logins come first, long leases wait together', () => {
  const cases = casesOf(
    'individual',
    [...bothSides(intent, 65_000), ...bothSides(upload), ...bothSides('FinHub: createAdminSession, request')],
    12_000,
  );
  const rounds = roundsOf(cases, 2).map((round) => round.map(({ kill, leaseMs }) => [kill.edge, leaseMs]));
  expect(rounds).toEqual([
    [
      ['FinHub: createAdminSession, request', 65_000],
      ['FinHub: createAdminSession, request', 65_000],
    ],
    [[intent, 12_000]],
    [
      [intent, 65_000],
      [upload, 65_000],
    ],
    [[upload, 65_000]],
  ]);
});

function bothSides(edge: string, leaseMs?: number): TraceLine[] {
  const line = { atMs: 0, pid: 1, edge, ...(leaseMs === undefined ? {} : { leaseMs }) };
  return [
    { ...line, side: 'before' },
    { ...line, side: 'after' },
  ];
}
