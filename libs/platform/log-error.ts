import { isNativeError } from 'node:util/types';

/** An error as it may be logged. */
export interface LoggedError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
}

/**
 * Keeps of an error its name, message, code and frames; drops everything that may hold an answer's body, a row's values
 * or a nested cause. Messages of the parser and of Postgres about wrong values quote the value: they are cut.
 */
export function loggedError(error: unknown): LoggedError {
  if (!isNativeError(error)) return { name: typeof error, message: 'not an error was thrown' };
  const code = (error as { code?: unknown }).code;
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /u.test(line));
  return {
    name: error.name,
    message: safeMessageOf(error, code),
    ...(typeof code === 'string' ? { code } : {}),
    ...(frames?.length ? { stack: frames.join('\n') } : {}),
  };
}

function safeMessageOf(error: Error, code: unknown): string {
  // `JSON.parse` quotes what it could not read.
  if (error.name === 'SyntaxError') return 'could not be parsed';
  // Postgres class 22, data exception: `invalid input syntax for type uuid: "..."`.
  if (typeof code === 'string' && /^22[0-9A-Z]{3}$/u.test(code))
    return error.message.replaceAll(/: ".*$/gsu, '');
  return error.message;
}
