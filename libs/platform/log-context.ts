import { AsyncLocalStorage } from 'node:async_hooks';
import type { NextFunction, Request, Response } from 'express';

/** What every log line inside says besides its message. */
export interface LogContext {
  readonly onboardingId?: string | undefined;
  readonly correlationId?: string | undefined;
}

const contexts = new AsyncLocalStorage<LogContext>();

/** Runs `fn` so that every log line in it, also after an await, carries `context`; contexts nest and add up. */
export function withLogContext<Result>(context: LogContext, fn: () => Result): Result {
  return contexts.run({ ...contexts.getStore(), ...context }, fn);
}

/** Every further line of the work around says this too. Work is what {@link withLogContext} runs; outside of it, nothing is. */
export function addToLogContext(context: LogContext): void {
  Object.assign(contexts.getStore() ?? {}, context);
}

/** Express middleware: each HTTP request is work of its own, down to the line that says how it was answered. */
export function logContextPerRequest(_request: Request, _response: Response, next: NextFunction): void {
  withLogContext({}, next);
}

/** The context of the line that is being logged. */
export function currentLogContext(): LogContext {
  return contexts.getStore() ?? {};
}
