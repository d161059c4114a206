import { createHmac } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** A line of the file: what to send, or why it cannot be sent. */
export interface RequestLine {
  /** From 1. */
  readonly number: number;
  /** Tells it from other lines, and finds it again when it has moved. */
  readonly digest: string;
  readonly content: Sendable | { readonly problem: string };
}

/** A body of `POST /v1/onboardings`. */
export interface Sendable {
  readonly requestId: string;
  readonly request: unknown;
  /** Whether the line was the request itself, without an id. */
  readonly isBare: boolean;
}

/** Reads the lines of a JSON Lines file, without those that are empty. Digests are keyed: a request id may be made of one. */
export async function* requestLines(path: string, key: string): AsyncGenerator<RequestLine> {
  let number = 0;
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    number += 1;
    if (text.trim() !== '') yield requestLine(text, number, key);
  }
}

/** How many lines of the file are not empty. */
export async function countLines(path: string): Promise<number> {
  let count = 0;
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    if (text.trim() !== '') count += 1;
  }
  return count;
}

/**
 * Reads `{"requestId", "request"}` (other fields are ignored), or a request itself: that gets a request id made of its keyed
 * digest, so that the same line is the same request when it is sent again.
 */
export function requestLine(text: string, number: number, key: string): RequestLine {
  const digest = createHmac('sha256', key).update(text).digest('hex').slice(0, 40);
  const value = jsonOf(text);
  const content =
    value === undefined ? { problem: 'The line is not a JSON object.' } : sendableOf(value, digest);
  return { number, digest, content };
}

function sendableOf(value: Readonly<Record<string, unknown>>, digest: string): RequestLine['content'] {
  if (!('request' in value)) return { requestId: `cli-${digest}`, request: value, isBare: true };
  const { requestId, request } = value;
  if (typeof requestId === 'string') return { requestId, request, isBare: false };
  return { problem: 'The line has no requestId beside its request.' };
}

function jsonOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
