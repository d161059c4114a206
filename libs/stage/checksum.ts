import { crc32 } from 'node:zlib';
import { checksumHeader } from '#contracts/envelope.js';
import type { ConsumedRecord } from './kafka-consumer.js';

/** kafkajs checks no CRC, so each record carries one of its own: the header to publish a value with. */
export function checksumOf(value: string | Buffer): Readonly<Record<string, string>> {
  return { [checksumHeader]: crc32(value).toString(16).padStart(8, '0') };
}

/** False where the value is not what its header says. What upstreams publish need not carry one; a tombstone has no value. */
export function hasRightChecksum({ value, headers }: Pick<ConsumedRecord, 'value' | 'headers'>): boolean {
  const told = headers[checksumHeader];
  return told === undefined || value === null || checksumOf(value)[checksumHeader] === told;
}
