import { describe, expect, test } from '@jest/globals';
import { casesOf, representative, roundsOf } from './cases.js';
import type { Kind } from './kinds.js';
import type { TraceLine } from './trace.js';

const upload = 'FinHub: uploadDocument, request';
const intent = 'Postgres: write the intent of upload:<documentId>';

test('every side of every edge is a case, and edges alike are told apart by their turn', () => {
  const cases = casesOf('individual', [[...bothSides(upload), ...bothSides(upload)]], 12_000);
  expect(cases.map(({ kill }) => [kill.side, kill.nth])).toEqual([
    ['before', 1],
    ['after', 1],
    ['before', 2],
    ['after', 2],
  ]);
});

test('a case knows how long its onboarding stays with the dead: as long as the last lease that was written', () => {
  const cases = casesOf('individual', [[...bothSides(intent, 65_000), ...bothSides(upload)]], 12_000);
  expect(cases.map(({ leaseMs }) => leaseMs)).toEqual([12_000, 65_000, 65_000, 65_000]);
});

test('of many edges alike the first two and the last are tried, of commands the first', () => {
  const uploads = [1, 2, 3, 4, 5].flatMap(() => bothSides(upload));
  const commands = [1, 2].flatMap(() => bothSides('Postgres: store a command'));
  const chosen = representative(casesOf('individual', [[...uploads, ...commands]], 12_000));
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
  const cases = representative(casesOf('individual', [[...reads, ...bothSides(upload)]], 12_000));
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
    [
      [
        ...bothSides(intent, 65_000),
        ...bothSides(upload),
        ...bothSides('FinHub: createAdminSession, request'),
      ],
    ],
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

describe('of a kind whose answer is lost', () => {
  const call = bothSides('FinHub: activateIndividual, request');
  const wait = bothSides('Postgres: write the wait for activate', 0);
  const applied = bothSides('Postgres: write the wait for activate, and that a command is applied', 0);
  const claim = { ...bothSides('Postgres: claim what is due')[1]! };
  const found = bothSides('Postgres: write the end of the stage, with its event', 0);
  const since = 'FinHub: activateIndividual, request';

  test('only what comes after the loss is tried, counted from there', () => {
    const before = bothSides('Postgres: write the intent of activate', 12_000);
    const cases = casesOf('lost-activation', [[...before, ...call, ...wait, claim, ...found]], 12_000);
    expect(cases.map(({ kill }) => kill)).toEqual([
      { edge: 'Postgres: write the wait for activate', nth: 1, side: 'before', since },
      { edge: 'Postgres: write the wait for activate', nth: 1, side: 'after', since },
      { edge: claim.edge, nth: 1, side: 'after', since },
      { edge: found[0]?.edge, nth: 1, side: 'before', since },
      { edge: found[0]?.edge, nth: 1, side: 'after', since },
    ]);
  });

  test('nothing is tried any more once what was found is written down, and the process goes on', () => {
    const lost = bothSides('FinHub: addEmployee, request');
    const next = bothSides('Postgres: write the intent of director:0', 12_000);
    const usual = bothSides('FinHub: addDirector, request');
    const cases = casesOf('lost-employee', [[...lost, claim, ...next, ...usual]], 12_000);
    expect(cases.map(({ kill }) => kill.edge)).toEqual([claim.edge, next[0]?.edge, next[1]?.edge]);
  });

  test('what only some applicants do is chance, and no case; whether a write applies a command too is no difference', () => {
    const one = [...call, ...wait, claim, ...wait, claim, ...found];
    const other = [...call, ...applied, claim, ...found];
    const kills = casesOf('lost-activation', [one, other], 12_000).map(({ kill }) => kill);
    expect(kills).toHaveLength(5);
    expect(kills.map(({ nth }) => nth)).toEqual([1, 1, 1, 1, 1]);
  });

  test('logins and commands of whoever takes it up are no cases of its own', () => {
    const login = bothSides('FinHub: createAdminSession, request');
    const command = bothSides('Postgres: store a command');
    const edgesOf = (kind: Kind, lost: TraceLine[]): string[] =>
      representative(casesOf(kind, [[...lost, ...command, ...command, ...login, claim]], 12_000)).map(
        ({ kill }) => kill.edge,
      );
    expect(edgesOf('lost-activation', call)).toEqual([claim.edge]);
    // Its evidence is a command, and the first one.
    const registration = bothSides('FinHub: registerIndividual, request');
    expect(edgesOf('unheard', registration)).toEqual([...command.map(({ edge }) => edge), claim.edge]);
  });

  test('with each further try fewer are beside each other', () => {
    const cases = casesOf('lost-activation', [[...call, ...wait, ...wait]], 12_000);
    expect([1, 2, 3].map((tries) => roundsOf(cases, 4, tries).map(({ length }) => length))).toEqual([
      [4],
      [2, 2],
      [1, 1, 1, 1],
    ]);
  });

  test('of an answer that is late only what comes first is tried: its owners are at work side by side', () => {
    const answer = bothSides('FinHub: activateIndividual, answer');
    const cases = casesOf('late', [[...answer, claim, ...found, claim, ...found]], 12_000);
    expect(representative(cases).map(({ kill }) => kill.nth)).toEqual([1, 1, 1]);
  });

  test('where processes stand still, half of them stay awake', () => {
    const cases = casesOf(
      'late',
      [[...bothSides('FinHub: activateIndividual, answer'), ...wait, ...wait]],
      12_000,
    );
    expect(roundsOf(cases, 4).map(({ length }) => length)).toEqual([2, 2]);
  });
});

function bothSides(edge: string, leaseMs?: number): TraceLine[] {
  const line = { atMs: 0, pid: 1, edge, ...(leaseMs === undefined ? {} : { leaseMs }) };
  return [
    { ...line, side: 'before' },
    { ...line, side: 'after' },
  ];
}
