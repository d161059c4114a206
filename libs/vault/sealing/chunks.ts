import type { Readable } from 'node:stream';
import { chunkBytes } from './document-sealer.js';

/**
 * The same bytes in pieces of exactly {@link chunkBytes}, the last one shorter; one piece is in memory at a time. Calls
 * `tooLarge` for what to throw beyond `bytesMax`. The source is left open then, for its owner to answer and to close.
 */
export async function* chunksOf(
  source: Readable,
  bytesMax: number,
  tooLarge: () => Error,
): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = [];
  let pieceBytes = 0;
  let bytes = 0;
  for await (const piece of source.iterator({ destroyOnReturn: false })) {
    let rest = Buffer.from(piece as Uint8Array);
    bytes += rest.length;
    if (bytes > bytesMax) throw tooLarge();
    while (pieceBytes + rest.length >= chunkBytes) {
      const taken = chunkBytes - pieceBytes;
      yield Buffer.concat([...pieces, rest.subarray(0, taken)]);
      rest = rest.subarray(taken);
      pieces = [];
      pieceBytes = 0;
    }
    pieces.push(rest);
    pieceBytes += rest.length;
  }
  if (pieceBytes > 0) yield Buffer.concat(pieces);
}
