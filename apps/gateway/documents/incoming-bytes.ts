import { Transform, type Readable } from 'node:stream';

/** How an upload is watched while it comes in. */
export interface UploadWatch {
  readonly timeLimitMs: number;
  /** What is thrown at the time limit. */
  readonly tooSlow: () => Error;
  /** Awaited after the last byte, before anybody is told of the end; what it throws is thrown instead of the end. */
  readonly atEnd: (sizeBytes: number) => Promise<void>;
}

/**
 * What comes in, up to its end, for `take` to read. The source is left open, for its owner to answer and to close, whatever
 * becomes of it.
 */
export async function withIncomingBytes<Result>(
  source: Readable,
  { timeLimitMs, tooSlow, atEnd }: UploadWatch,
  take: (bytes: Readable) => Promise<Result>,
): Promise<Result> {
  let sizeBytes = 0;
  const bytes = new Transform({
    transform(piece: Buffer, _encoding, done) {
      sizeBytes += piece.length;
      done(null, piece);
    },
    flush(done) {
      atEnd(sizeBytes).then(() => {
        done();
      }, done);
    },
  });
  const breakOff = (error: Error): void => {
    bytes.destroy(error);
  };
  // Whoever reads is told; nobody may be reading yet.
  bytes.on('error', () => undefined);
  source.once('error', breakOff);
  const timer = setTimeout(() => {
    breakOff(tooSlow());
  }, timeLimitMs);
  source.pipe(bytes);
  try {
    return await take(bytes);
  } finally {
    clearTimeout(timer);
    source.unpipe(bytes);
    source.off('error', breakOff);
    bytes.destroy();
  }
}
