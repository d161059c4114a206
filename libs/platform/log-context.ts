import { AsyncLocalStorage } from 'node:async_hooks';

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

/** The context of the line that is being logged. */
export function currentLogContext(): LogContext {
  return contexts.getStore() ?? {};
}
