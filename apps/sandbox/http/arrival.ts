import type { IncomingMessage, Server } from 'node:http';

const arrivals = new WeakMap<IncomingMessage, Date>();

/** Notes when each request begins to come, before its body is read. */
export function noteArrivals(server: Server, now: () => Date): void {
  server.prependListener('request', (request) => arrivals.set(request, now()));
}

/** When it began to come. */
export function arrivalOf(request: IncomingMessage): Date {
  const at = arrivals.get(request);
  if (at === undefined) throw new Error('a request that came before arrivals were noted');
  return at;
}
