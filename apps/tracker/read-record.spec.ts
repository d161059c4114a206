import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Contract } from '#contracts/contract.js';
import { readRecord } from './read-record.js';
import { recordOf, Story } from './testing/story.js';
import { contractTopics } from './topics.js';
import type { ConsumedRecord } from '#stage/kafka-consumer.js';

describe('reading a record', () => {
  it('takes nothing personal from the intake', () => {
    const event = read(recordOf(new Story().requested({ email: 'canary@example.test' }).last));
    expect(JSON.stringify(event)).not.toContain('canary');
  });

  it('takes a request as registration does: without what an upstream may leave out, and with a key of its own', () => {
    const { last } = new Story().requested({ email: 'canary@example.test' });
    const { subject, time, stage, correlationid, ...bare } = JSON.parse(
      String(recordOf(last).value),
    ) as Record<string, unknown>;
    expect([subject, time, stage, correlationid]).not.toContain(undefined);
    const value = Buffer.from(JSON.stringify(bare));
    const event = read({ ...recordOf(last), key: null, value, appendedAtMs: Date.UTC(2030, 0, 1) });
    expect(event).toMatchObject({
      onboardingId: last.onboardingId,
      correlationId: last.onboardingId,
      stage: 'upstream',
      time: '2030-01-01T00:00:00.000Z',
      data: {},
    });
  });

  it('takes no free text of an upstream from the envelope of a request', () => {
    const record = recordOf(new Story().requested().last);
    const envelope = JSON.parse(String(record.value)) as object;
    const text = 'Ona canary';
    const said = {
      source: text,
      id: text,
      stage: text,
      correlationid: text,
      causationid: text,
      replayof: text,
    };
    const value = Buffer.from(JSON.stringify({ ...envelope, ...said, answeredcommands: text }));
    expect(JSON.stringify(read({ ...record, value }))).not.toContain('canary');
  });

  it('leaves out what a human says a step returned', () => {
    const resolve = {
      command: 'resolve',
      step: 'register',
      hasHappened: true,
      result: { customerId: 'canary' },
    } as const;
    const asked = new Story().asked({
      ...resolve,
      commandId: randomUUID(),
      by: 'ops',
      why: 'seen at FinHub',
    });
    expect(read(recordOf(asked.last)).data).not.toHaveProperty('result');
  });

  it('keeps text with what Postgres cannot store, those characters replaced', () => {
    const excerpt = 'a\0b \u{D800} c\\u0000 😀';
    const { last } = new Story().parked('registration', { lastAnswer: { excerpt } });
    expect(read(recordOf(last)).data).toMatchObject({
      lastAnswer: { excerpt: 'a\u{FFFD}b \u{FFFD} c\\u0000 😀' },
    });
  });

  it('writes times in one notation', () => {
    const event = { ...new Story().parked('registration').last, time: '2030-01-01T02:00:00+02:00' };
    expect(read(recordOf(event)).time).toBe('2030-01-01T00:00:00.000Z');
  });

  it.each<[string, Partial<ConsumedRecord>]>([
    ['tombstone', { value: null }],
    ['empty', { value: Buffer.alloc(0) }],
    ['not_json', { value: Buffer.from('<html>') }],
    ['not_json', { value: Buffer.alloc(1_000_000, 0xff) }],
    ['wrong_envelope', { value: Buffer.from('{}') }],
    ['wrong_key', { key: Buffer.from(randomUUID()) }],
    ['wrong_key', { key: null }],
    ['wrong_checksum', { headers: { crc32: '00000000' } }],
  ])('refuses what is no event: %s', (reason, change) => {
    expect(() => read({ ...recordOf(new Story().parked('registration').last), ...change })).toThrow(reason);
  });

  it('refuses an event that speaks of another tenant than its onboarding id', () => {
    const foreign = { ...new Story().parked('registration').last, tenantId: 'tenant-b' };
    expect(() => read(recordOf(foreign))).toThrow('wrong_key');
  });
});

function read(record: ConsumedRecord): ReturnType<typeof readRecord> {
  return readRecord(record, contractTopics.read.get(record.topic) as Contract);
}
