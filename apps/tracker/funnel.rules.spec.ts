import { describe, expect, it } from '@jest/globals';
import { countsOf, funnelsOf, type Counted } from './funnel.rules.js';

const one = (row: Partial<Counted>): Counted => ({
  applicantKind: 'individual',
  stage: 'registration',
  state: 'in_progress',
  outcome: null,
  isReplayed: false,
  count: 1,
  ...row,
});

describe('a funnel', () => {
  it('counts each onboarding once in every stage that it reached', () => {
    const { individual } = funnelsOf([
      one({ stage: 'activation', state: 'activated', outcome: 'activated', count: 5 }),
      one({ stage: 'verification', state: 'rejected', outcome: 'rejected', count: 2 }),
      one({ stage: 'verification', state: 'parked' }),
      one({ stage: 'registration', state: 'cancelled', outcome: 'cancelled' }),
    ]);
    expect(individual).toMatchObject({ admitted: 9, activated: 5, rejected: 2, cancelled: 1 });
    expect(individual.stages.map(({ reached }) => reached)).toEqual([9, 8, 5, 5]);
    expect(individual.stages[1]).toEqual({
      stage: 'verification',
      reached: 8,
      passed: 5,
      rejected: 2,
      cancelled: 0,
      parked: 1,
      underWay: 0,
    });
  });

  it('tells those apart that were replayed, and does not count them twice', () => {
    const rows = [one({ isReplayed: true, count: 2 }), one({ count: 3 })];
    expect(funnelsOf(rows).individual).toMatchObject({ admitted: 5, replayed: 2 });
  });

  it('keeps the end of what was erased since', () => {
    const rows = [one({ stage: 'activation', state: 'erased', outcome: 'activated' })];
    expect(funnelsOf(rows).individual).toMatchObject({ admitted: 1, activated: 1 });
  });

  it('leaves out what was never admitted', () => {
    expect(funnelsOf([one({ state: 'refused' })]).individual.admitted).toBe(0);
  });

  it('is per kind of applicant, with personnel for organizations', () => {
    const { organization } = funnelsOf([one({ applicantKind: 'organization', stage: 'personnel' })]);
    expect(organization.stages.map(({ stage, reached }) => [stage, reached]).slice(0, 3)).toEqual([
      ['registration', 1],
      ['personnel', 1],
      ['verification', 0],
    ]);
  });
});

it('counts are per stage and state, of both kinds', () => {
  const rows = [one({}), one({ applicantKind: 'organization', count: 2 }), one({ state: 'parked' })];
  expect(countsOf(rows)).toEqual([
    { stage: 'registration', state: 'in_progress', count: 3 },
    { stage: 'registration', state: 'parked', count: 1 },
  ]);
});
