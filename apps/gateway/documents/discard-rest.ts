import type { Readable } from 'node:stream';

const lingerMs = 5_000;

/**
 * Throws away what still comes of a refused upload: its sender has to get through with it before it looks at the answer. Who
 * has not ended after five seconds is hung up on, so that nobody holds a connection by sending for ever.
 */
export function discardRest(source: Readable): void {
  const timer = setTimeout(() => source.destroy(), lingerMs).unref();
  source.once('close', () => {
    clearTimeout(timer);
  });
  source.resume();
}
