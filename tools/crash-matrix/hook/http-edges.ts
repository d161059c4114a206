import { subscribe } from 'node:diagnostics_channel';
import { operations } from '#finhub-client/operations.js';
import type { Side } from '../trace.js';
import type { Watch } from './watch.js';

/** What undici 7 tells of a request. */
interface Request {
  readonly method: string;
  readonly path: string;
}

/** Both ends of a call, with what undici tells in the tick in which it happens. */
const moments: readonly (readonly [channel: string, end: 'request' | 'answer', side: Side])[] = [
  ['undici:client:sendHeaders', 'request', 'before'],
  ['undici:request:bodySent', 'request', 'after'],
  ['undici:request:headers', 'answer', 'before'],
  ['undici:request:trailers', 'answer', 'after'],
];

/**
 * The start and the end of every call are edges: the request before its first byte is written and after its last, the answer
 * when its first byte has come and when it is complete, which nobody in the process has been told of.
 */
export function watchHttp(watch: Watch): void {
  const cases = new WeakMap<Request, readonly string[]>();
  subscribe('undici:request:create', (message) => {
    cases.set(requestOf(message), watch.currentCase());
  });
  for (const [channel, end, side] of moments)
    subscribe(channel, (message) => {
      const request = requestOf(message);
      for (const onboardingId of cases.get(request) ?? [])
        watch.reach(onboardingId, { edge: `FinHub: ${operationOf(request)}, ${end}`, side });
    });
}

function requestOf(message: unknown): Request {
  return (message as { request: Request }).request;
}

function operationOf({ method, path }: Request): string {
  const [pathname = ''] = path.split('?');
  const found = Object.entries(operations).find(
    ([, operation]) => operation.method === method && patternOf(operation.path).test(pathname),
  );
  return found === undefined ? `${method} ${pathname}` : found[0];
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{[^}]+\}/gu, '[^/]+')}$`, 'u');
}
