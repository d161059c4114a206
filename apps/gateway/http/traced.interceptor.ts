import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Request } from 'express';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { withSpan } from '#platform/tracing.js';

const traceparentPattern = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/u;

/** Runs every call in a span, under the caller's `traceparent`: from here the trace goes along with the events. */
@Injectable()
export class Traced implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { traceparent } = context.switchToHttp().getRequest<Request>().headers;
    const parentTraceparent =
      typeof traceparent === 'string' && traceparentPattern.test(traceparent) ? traceparent : undefined;
    const name = `${context.getClass().name}.${context.getHandler().name}`;
    return from(
      withSpan(name, { parentTraceparent }, () => lastValueFrom(next.handle(), { defaultValue: undefined })),
    );
  }
}
