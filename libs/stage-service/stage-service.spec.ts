import { describe, expect, it } from '@jest/globals';
import type { ApplicantKind } from '#contracts/contract.js';
import { journey, readsOfStage } from '#contracts/journey.js';
import { individualRequestSchema, organizationRequestSchema } from '#contracts/request.js';
import { isCorrectableIn } from './stage-service.js';

/** In the stage, with none of its steps finished. */
const anew = (applicantKind: ApplicantKind) => ({ applicantKind, finishedSteps: [] });

describe('a correction', () => {
  it('of anything is taken by the first stage', () => {
    expect(isCorrectableIn('registration', '/individual/email', anew('individual'))).toBe(true);
  });

  it.each([
    ['verification', '/individual/email', 'individual'],
    ['verification', '/employees/0/person/email', 'organization'],
    ['consent', '/documents/0/type', 'individual'],
    ['activation', '/consents', 'individual'],
  ] as const)('is refused in %s: an earlier stage has used %s', (stage, pointer, kind) => {
    expect(isCorrectableIn(stage, pointer, anew(kind))).toBe(false);
  });

  it.each([
    ['personnel', '/shareholders/1/ownershipPercentage', 'organization'],
    ['verification', '/documents/0/type', 'organization'],
    ['consent', '/signatory/email', 'organization'],
    ['activation', '/activationCode', 'individual'],
  ] as const)('is taken in %s: %s is used there for the first time', (stage, pointer, kind) => {
    expect(isCorrectableIn(stage, pointer, anew(kind))).toBe(true);
  });

  it.each(['individual', 'organization'] as const)(
    'of what registration used is refused in every later stage of an %s',
    (kind) => {
      for (const stage of journey[kind].slice(1))
        for (const pointer of ['/categoryName', '/kind', `/${kind}/password`, `/${kind}/phone`])
          expect([stage, pointer, isCorrectableIn(stage, pointer, anew(kind))]).toEqual([
            stage,
            pointer,
            false,
          ]);
    },
  );

  it.each([
    ['registration', '/categoryName', 'register'],
    ['registration', '/individual/password', 'register'],
    ['verification', '/documents/0/number', 'open-verification'],
    ['activation', '/activationCode', 'activate'],
  ] as const)('in %s of %s is taken until the step %s is finished', (stage, pointer, step) => {
    const isCorrectable = (...finishedSteps: string[]) =>
      isCorrectableIn(stage, pointer, { applicantKind: 'individual', finishedSteps });
    expect([isCorrectable('categories', 'readiness'), isCorrectable(step)]).toEqual([true, false]);
  });

  it('of each part of a request is refused once the stage has passed that uses it: none has been forgotten', () => {
    const used = Object.values(readsOfStage).flat();
    const fields = [individualRequestSchema, organizationRequestSchema].flatMap(({ shape }) =>
      Object.keys(shape),
    );
    expect(new Set(used)).toEqual(new Set(fields.map((field) => `/${field}`)));
  });

  it('of what holds a used value is refused, of what only begins alike is not', () => {
    expect(isCorrectableIn('verification', '', anew('individual'))).toBe(false);
    expect(isCorrectableIn('verification', '/individuals', anew('individual'))).toBe(true);
  });
});
