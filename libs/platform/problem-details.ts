import { STATUS_CODES } from 'node:http';
import {
  Catch,
  HttpException,
  HttpStatus,
  Logger,
  NotFoundException,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import { throwError, type Observable } from 'rxjs';
import { isDatabaseAway } from './database-away.js';

/** One fault of a request: where (JSON pointer), which (stable code), and a sentence without the value. */
export interface ProblemField {
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
}

/** What a caller is told, before it becomes RFC 9457. */
export interface Problem {
  readonly status: number;
  /** Stable, snake_case; becomes the problem's `type`. */
  readonly code: string;
  /** One sentence for the caller: no personal data, nothing internal. */
  readonly detail?: string | undefined;
  readonly errors?: readonly ProblemField[] | undefined;
  /** Sent as `Retry-After`. */
  readonly retryAfterSeconds?: number | undefined;
}

/** Thrown by a controller to answer with problem details. Only what is in it reaches the caller. */
export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(`${problem.status} ${problem.code}`);
    this.name = 'ProblemError';
  }
}

const away: Problem = {
  status: HttpStatus.SERVICE_UNAVAILABLE,
  code: 'temporarily_unavailable',
  detail: 'Ask again in a moment.',
  retryAfterSeconds: 1,
};

/**
 * Answers every failed HTTP request as RFC 9457 `application/problem+json`. The text of any error but
 * {@link ProblemError} stays inside; those without a status are logged and answered with 500, or with 503 where Postgres is
 * away. In a message handler errors pass through as they were thrown.
 */
@Catch()
export class ProblemDetailsFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemDetailsFilter.name);

  catch(error: unknown, host: ArgumentsHost): Observable<never> | undefined {
    if (host.getType() !== 'http') return throwError(() => error);
    const response = host.switchToHttp().getResponse<Response>();
    const problem = this.problemOf(error);
    if (response.headersSent) response.destroy();
    else send(problem, host.switchToHttp().getRequest<Request>(), response);
    return undefined;
  }

  private problemOf(error: unknown): Problem {
    if (error instanceof ProblemError) return error.problem;
    // Nest's own: a controller of ours throws a ProblemError.
    if (error instanceof NotFoundException) return { status: HttpStatus.NOT_FOUND, code: 'route_unknown' };
    if (error instanceof HttpException) return { status: error.getStatus(), code: codeOf(error.getStatus()) };
    if (isDatabaseAway(error)) {
      this.logger.warn({ reason: String(error) }, 'a request came while Postgres was away');
      return away;
    }
    this.logger.error({ err: error }, 'a request failed');
    return { status: HttpStatus.INTERNAL_SERVER_ERROR, code: 'internal_error' };
  }
}

function send(problem: Problem, request: Request, response: Response): void {
  const { status, code, detail, errors, retryAfterSeconds } = problem;
  if (retryAfterSeconds !== undefined)
    response.setHeader('retry-after', String(Math.ceil(retryAfterSeconds)));
  const title = STATUS_CODES[status] ?? 'Error';
  const instance = request.path;
  response
    .status(status)
    .type('application/problem+json')
    .send(
      JSON.stringify({
        type: `urn:onboarding:problem:${code}`,
        title,
        status,
        code,
        detail,
        instance,
        errors,
      }),
    );
}

/** `Bad Request` is `bad_request`. */
function codeOf(status: number): string {
  return (STATUS_CODES[status] ?? 'error').toLowerCase().replaceAll(/[^a-z]+/gu, '_');
}
