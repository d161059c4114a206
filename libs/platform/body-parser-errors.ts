import type { NextFunction, Request, Response } from 'express';
import { ProblemError, type Problem } from './problem-details.js';

/** By the `type` of Express' body parser, which says in its messages what it could not read. */
const problems: Readonly<Record<string, Problem>> = {
  'entity.parse.failed': { status: 400, code: 'malformed_json', detail: 'The body is not valid JSON.' },
  'entity.too.large': {
    status: 413,
    code: 'body_too_large',
    detail: 'The body is larger than is taken here.',
  },
  'encoding.unsupported': {
    status: 415,
    code: 'unsupported_encoding',
    detail: 'Send the body without compression.',
  },
  'charset.unsupported': { status: 415, code: 'unsupported_charset', detail: 'Send the body as UTF-8.' },
  'request.aborted': { status: 400, code: 'body_cut_off', detail: 'The body ended early.' },
  'request.size.invalid': {
    status: 400,
    code: 'body_cut_off',
    detail: 'The body is not as long as it says.',
  },
};

/** Express middleware: what the body parser refuses becomes a 4xx problem that quotes nothing of the body. */
// Express knows an error handler by its four parameters.
// eslint-disable-next-line no-restricted-syntax
export function bodyParserErrors(
  error: unknown,
  _request: Request,
  _response: Response,
  next: NextFunction,
): void {
  const type = (error as { type?: unknown } | null)?.type;
  const problem = typeof type === 'string' ? problems[type] : undefined;
  next(problem ? new ProblemError(problem) : error);
}
