import type { ConsumedRecord } from './kafka-consumer.js';

/** What a dead letter's seal holds of a record: JSON of key and value, byte for byte in base64, and headers. */
export function deadLetterBytes({ key, value, headers }: ConsumedRecord): Buffer {
  return Buffer.from(JSON.stringify({ key: asBase64(key), value: asBase64(value), headers }));
}

function asBase64(bytes: Buffer | null): string | null {
  return bytes?.toString('base64') ?? null;
}
