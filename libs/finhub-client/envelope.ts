import { Fields, Unreadable } from './fields.js';

/** An answer's body, whatever its envelope (CONTRACT.md b.4, U1). */
export interface Envelope {
  /** The whole object: the sibling product's login answers at its top. */
  readonly root: Fields;
  readonly data: Fields;
  /** The status that counts: the body's `code` where it says failure (400 to 599) under a 2xx, else the HTTP status. */
  readonly status: number;
}

/** Statuses that the oldest guides give to the error strings of `{success: false, error: {code}}` (CONTRACT.md b.5). */
const legacyStatuses: Readonly<Record<string, number>> = {
  INVALID_REQUEST: 400,
  INSUFFICIENT_PERMISSIONS: 403,
  DUPLICATE_EMAIL: 409,
  VERIFICATION_FAILED: 422,
};

/**
 * Reads a body. Throws {@link Unreadable} where it is no JSON object, none of FinHub's envelopes, or says under a 2xx neither
 * that the call went well nor why it did not.
 */
export function readEnvelope(status: number, body: Buffer): Envelope {
  const root = new Fields(parse(body));
  const isEnvelope = root.entries().some(([key]) => ['code', 'message', 'data', 'success'].includes(key));
  if (!isEnvelope && root.text('token', 'accessToken') === undefined) throw new Unreadable('no envelope');
  return { root, data: root.at('data'), status: countingStatus(status, root) };
}

function countingStatus(status: number, root: Fields): number {
  if (status >= 300) return status;
  const code = codeOf(root);
  if (code !== undefined && code >= 400) return code;
  if (root.flag('success') !== false) return status;
  const legacy = legacyStatuses[root.text('error.code') ?? ''];
  if (legacy === undefined) throw new Unreadable('a failure without a reason');
  return legacy;
}

/** A number, or one in digits. Any other code, of which nobody can tell what it means, is no success (U1). */
function codeOf(root: Fields): number | undefined {
  const { value } = root.at('code');
  if (value === undefined || value === null) return undefined;
  const code = Number(root.text('code'));
  if (code < 600) return code;
  throw new Unreadable('a code that is no status');
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(body));
  } catch {
    throw new Unreadable('no JSON');
  }
}
