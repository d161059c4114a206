import { once } from 'node:events';
import type { Readable } from 'node:stream';

/**
 * The first `bytes` bytes of a stream, which are put back: who reads it next gets all of it. Gives fewer only of a stream that
 * is shorter, and leaves that one empty. Throws when the stream breaks before.
 */
export async function peek(source: Readable, bytes: number): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0);
  for (;;) {
    // All that is there: bytes that are left would be told of again at once, and again, and nothing else would have a turn.
    const piece = source.read() as Buffer | null;
    if (piece !== null) head = Buffer.concat([head, piece]);
    if (head.length >= bytes) {
      source.unshift(head);
      return head.subarray(0, bytes);
    }
    if (piece === null && (await hasEnded(source))) return head;
  }
}

/** Waits until there is more to read; true when there never will be. */
async function hasEnded(source: Readable): Promise<boolean> {
  if (source.readableEnded || source.destroyed) return true;
  const stop = new AbortController();
  const { signal } = stop;
  try {
    return await Promise.race([
      once(source, 'readable', { signal }).then(() => false),
      once(source, 'end', { signal }).then(() => true),
    ]);
  } finally {
    stop.abort();
  }
}
