import { describe, expect, it } from '@jest/globals';
import { UnreadableRecord } from './envelope.js';
import { parseRequested } from './intake.js';
import { onboardingIdOf } from './onboarding-id.js';

const receivedAt = new Date('2030-01-01T12:00:00Z');
const onboardingId = onboardingIdOf('tenant-a', 'request-1');
const record = {
  specversion: '1.0',
  id: 'record-1',
  source: 'upstream',
  type: 'onboarding.requested.v1',
  tenantid: 'tenant-a',
  requestid: 'request-1',
  applicantkind: 'individual',
  data: { request: { any: 'thing' } },
};

function parse(changes: object = {}) {
  return parseRequested(Buffer.from(JSON.stringify({ ...record, ...changes })), receivedAt);
}

/** Why a record cannot be read. */
function reasonOf(value: Buffer | null): string {
  try {
    parseRequested(value, receivedAt);
  } catch (error) {
    if (error instanceof UnreadableRecord) return error.reason;
    throw error;
  }
  throw new Error('the record can be read');
}

describe('a record of the intake', () => {
  it('may leave out what can be derived', () => {
    expect(parse()).toEqual({
      id: 'record-1',
      type: 'onboarding.requested.v1',
      time: '2030-01-01T12:00:00.000Z',
      onboardingId,
      tenantId: 'tenant-a',
      requestId: 'request-1',
      applicantKind: 'individual',
      stage: 'upstream',
      correlationId: onboardingId,
      data: record.data,
    });
  });

  it('keeps what it says of time and correlation, and that the gateway wrote it', () => {
    const said = { time: '2029-12-31T00:00:00Z', stage: 'gateway', correlationid: 'order-7' };
    expect(parse({ ...said, subject: onboardingId })).toMatchObject({
      time: said.time,
      stage: 'gateway',
      correlationId: 'order-7',
    });
  });

  it('gets an id from us where its own could be a person’s name or address', () => {
    const personal = { id: 'ona@example.test', correlationid: 'Ona Petraitė' };
    expect(parse(personal)).toMatchObject({ id: onboardingId, correlationId: onboardingId });
  });

  it('is of `upstream` whatever else it gives as its stage', () => {
    expect(parse({ stage: 'Ona Petraitė' }).stage).toBe('upstream');
  });

  it.each([[{ request: {} }], [{ sealed: 'a.b.c.d.e' }], [{ isVaulted: true }]])('may be %j', (data) => {
    expect(parse({ data }).data).toEqual(data);
  });

  it.each([
    ['no value', null, 'tombstone'],
    ['an empty value', '', 'empty'],
    ['no JSON', '{', 'not_json'],
    ['no tenant', { tenantid: undefined }, 'wrong_envelope:/tenantid'],
    ['a tenant with a space', { tenantid: 'a b' }, 'wrong_envelope:/tenantid'],
    ['no request id', { requestid: undefined }, 'wrong_envelope:/requestid'],
    ['an unknown kind of applicant', { applicantkind: 'robot' }, 'wrong_envelope:/applicantkind'],
    ['another type', { type: 'onboarding.registered.v1' }, 'unknown_type'],
    ['a subject that is not derived', { subject: onboardingIdOf('tenant-b', 'request-1') }, 'wrong_subject'],
    ['no data', { data: undefined }, 'wrong_envelope:/data'],
    ['more than one form', { data: { request: {}, isVaulted: true } }, 'wrong_schema:/'],
  ])('with %s cannot be read', (_, given, reason) => {
    const text = typeof given === 'object' ? JSON.stringify({ ...record, ...given }) : given;
    expect(reasonOf(given === null ? null : Buffer.from(text))).toBe(reason);
  });

  it('that is not UTF-8 cannot be read, and its content is not in the reason', () => {
    expect(reasonOf(Buffer.from([0x22, 0xff, 0x22]))).toBe('not_json');
    expect(reasonOf(Buffer.from('Ona Petraitė'))).not.toContain('Ona');
  });
});
