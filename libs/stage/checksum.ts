import { crc32 } from 'node:zlib';

/** kafkajs checks no CRC, so the body carries its own (header `crc32`, eight hex digits). */
export function checksumOf(value: string | Buffer): string {
  return crc32(value).toString(16).padStart(8, '0');
}
