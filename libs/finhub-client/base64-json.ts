/** Bytes that are encoded at a time; a multiple of three, so that only the end is padded. */
const pieceBytes = 48 * 1024;

/** JSON with one more field, a base64 text, whose content is streamed: it is never in memory as a whole. */
export interface Base64Json {
  /** Everything else. */
  readonly fields: object;
  /** The name of the base64 field. */
  readonly name: string;
  readonly sizeBytes: number;
}

/** The content has another size than announced: the document is broken, and nothing whole was sent. */
export class ContentSizeError extends Error {
  constructor(readonly announcedBytes: number) {
    super(`the content does not have the ${announcedBytes} bytes that were announced`);
  }
}

/** The length of the body, for `Content-Length`. */
export function base64JsonBytes(json: Base64Json): number {
  return prefixOf(json).length + 4 * Math.ceil(json.sizeBytes / 3) + suffix.length;
}

/** The body. Throws what the content throws, and {@link ContentSizeError}, in both cases before the body is complete. */
export async function* base64Json(json: Base64Json, content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield prefixOf(json);
  let rest: Buffer = Buffer.alloc(0);
  let bytes = 0;
  for await (const chunk of content) {
    bytes += chunk.length;
    if (bytes > json.sizeBytes) break;
    const joined = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const wholeBytes = joined.length - (joined.length % 3);
    for (let start = 0; start < wholeBytes; start += pieceBytes)
      yield encoded(joined.subarray(start, Math.min(start + pieceBytes, wholeBytes)));
    rest = joined.subarray(wholeBytes);
  }
  if (bytes !== json.sizeBytes) throw new ContentSizeError(json.sizeBytes);
  yield Buffer.concat([encoded(rest), suffix]);
}

const suffix = Buffer.from('"}');

function prefixOf({ fields, name }: Base64Json): Buffer {
  const text = JSON.stringify({ ...fields, [name]: '' });
  return Buffer.from(text.slice(0, -suffix.length));
}

function encoded(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('base64'), 'latin1');
}
