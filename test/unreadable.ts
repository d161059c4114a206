import { createHash, randomBytes } from 'node:crypto';
import type { TestKafka } from './kafka.js';

/** What a dead letter tells of a record: where it lay, why nobody could read it, and all of it; its value as a digest. */
export interface ToldRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly reason: string;
  readonly bytes: number;
  readonly key: string | null;
  readonly value: string | null;
}

/**
 * Publishes one record of each kind that cannot be read, under one key, so that all lie on one partition, and gives what
 * their dead letters have to tell. `valid` is the value of a record of the topic; no other record may have the key.
 */
export async function publishUnreadable(
  kafka: TestKafka,
  topic: string,
  { key, valid }: { readonly key: string; readonly valid: string },
): Promise<ToldRecord[]> {
  const values = Object.entries(unreadableLike(JSON.parse(valid) as object));
  await kafka.publish(
    topic,
    values.map(([reason, value]) => ({ key, value, headers: { reason } })),
  );
  const records = (await kafka.readTopic(topic)).filter((record) => record.key === key);
  return records.map(({ partition, offset, value, headers: { reason = '' } }) => ({
    ...{ topic, partition, offset, reason, key },
    bytes: value?.length ?? 0,
    value: value && digestOf(value),
  }));
}

/** What a dead letter tells; `opened` is its record, unsealed. */
export function toldBy(
  letter: Pick<ToldRecord, 'topic' | 'partition' | 'offset' | 'reason' | 'bytes'>,
  opened: Buffer,
): ToldRecord {
  const { topic, partition, offset, reason, bytes } = letter;
  const { key, value } = JSON.parse(opened.toString()) as Record<'key' | 'value', string | null>;
  return {
    ...{ topic, partition, offset, reason, bytes },
    key: key === null ? null : Buffer.from(key, 'base64').toString(),
    value: value === null ? null : digestOf(Buffer.from(value, 'base64')),
  };
}

/** Oldest first, of one partition. */
export function inOrder(told: readonly ToldRecord[]): ToldRecord[] {
  return told.toSorted((one, other) => Number(one.offset) - Number(other.offset));
}

/** By the reason that a dead letter gives. */
function unreadableLike(valid: object): Readonly<Record<string, Buffer | null>> {
  const changed = (change: object) => Buffer.from(JSON.stringify({ ...valid, ...change }));
  return {
    not_json: randomBytes(1_000_000),
    empty: Buffer.alloc(0),
    tombstone: null,
    unknown_type: changed({ type: 'onboarding.unheard-of.v1' }),
    'wrong_envelope:/tenantid': changed({ tenantid: undefined }),
    'wrong_schema:/': changed({ data: 'nothing that anybody knows' }),
  };
}

function digestOf(value: Buffer): string {
  return createHash('sha256').update(value).digest('hex');
}
