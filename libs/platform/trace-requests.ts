import type { NextFunction, Request, Response } from 'express';
import { once } from 'node:events';
import { describeSpan, withSpan } from './tracing.js';

/** Express middleware: a request continues the trace that its `traceparent` names, or begins one where tracing is on. */
export function traceRequests(request: Request, response: Response, next: NextFunction): void {
  if (/^\/(?:health|metrics)\b/u.test(request.path)) {
    next();
    return;
  }
  const options = {
    parentTraceparent: request.get('traceparent'),
    attributes: { 'http.request.method': request.method },
  };
  void withSpan(`HTTP ${request.method}`, options, async () => {
    next();
    await once(response, 'close');
    // The route as it is declared: what a caller put into the path stays out.
    const { path } = (request.route ?? {}) as { path?: string };
    describeSpan({
      'http.response.status_code': response.statusCode,
      ...(path === undefined ? {} : { 'http.route': path }),
    });
  });
}
