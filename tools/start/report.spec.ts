import { expect, test } from '@jest/globals';
import { reportTable, surprises, type ReportRow } from './report.js';

test('the table has a row per request: how it ended, and the IBAN or the reason', () => {
  const table = reportTable([
    row({ customerId: 'c-1', iban: 'LT12', takenMs: 1234 }),
    row({ requestId: 'second', end: 'parked', code: 'in_doubt', reason: 'in_doubt' }),
  ]);
  expect(table).toEqual([
    'request id  kind        end        customer id  IBAN or reason  seconds',
    '----------  ----------  ---------  -----------  --------------  -------',
    'first       individual  activated  c-1          LT12            1.2',
    'second      individual  parked     -            in_doubt        -',
  ]);
});

test('who ends otherwise than expected is named with both', () => {
  const rows = [
    row({ iban: 'LT12', expect: { end: 'activated' } }),
    row({ end: 'parked', code: 'in_doubt', expect: { end: 'rejected', code: 'request_invalid' } }),
    row({ end: 'rejected', code: 'other', expect: { end: 'rejected', code: 'request_invalid' } }),
  ];
  expect(surprises(rows)).toEqual([
    'first should be rejected (request_invalid), and is parked (in_doubt).',
    'first should be rejected (request_invalid), and is rejected (other).',
  ]);
});

test('nobody is activated without an IBAN', () => {
  expect(surprises([row({})])).toEqual(['first is activated without an IBAN.']);
});

function row(differences: Partial<ReportRow>): ReportRow {
  const base = {
    requestId: 'first',
    kind: 'individual',
    end: 'activated',
    code: undefined,
    reason: undefined,
  };
  const ids = { customerId: undefined, onboardingId: undefined, takenMs: undefined, expect: undefined };
  return { ...base, ...ids, ...differences };
}
