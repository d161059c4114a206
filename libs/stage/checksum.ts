import { crc32 } from 'node:zlib';
import type { ConsumedRecord } from './kafka-consumer.js';

/** kafkajs checks no CRC, so the body carries its own (header `crc32`, eight hex digits). */
export function checksumOf(value: string | Buffer): string {
  return crc32(value).toString(16).padStart(8, '0');
}

/** False where the body is not the one that its checksum was made of. What upstreams publish need not carry one; a tombstone has no body. */
export function hasRightChecksum({ value, headers }: Pick<ConsumedRecord, 'value' | 'headers'>): boolean {
  const told = headers['crc32'];
  return told === undefined || value === null || checksumOf(value) === told;
}
