import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Response } from 'express';
import type { Logger } from 'pino';
import { ProblemError } from '#platform/problem-details.js';
import type { Answer } from './answer.js';
import { AnswerTaken } from './by-hand.js';
import { Refusal } from './refusal.js';

/** Gives every error FinHub's envelope (b.5). */
@Catch()
export class RefusalFilter implements ExceptionFilter {
  constructor(private readonly logger: Pick<Logger, 'error'>) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    if (error instanceof AnswerTaken || response.headersSent || response.destroyed) return;
    const answer = this.answerOf(error);
    const wait = error instanceof Refusal ? error.data['retryAfterSeconds'] : undefined;
    if (typeof wait === 'number') response.setHeader('Retry-After', String(wait));
    response.status(answer.code).json(answer);
  }

  private answerOf(error: unknown): Answer {
    if (error instanceof Refusal) return error.answer;
    if (error instanceof ProblemError) {
      const { status, code, detail } = error.problem;
      return { code: status, message: detail ?? code, data: { error: code.toUpperCase() } };
    }
    if (error instanceof HttpException)
      return { code: error.getStatus(), message: error.message, data: { error: 'HTTP_ERROR' } };
    this.logger.error({ err: error }, 'the sandbox itself failed');
    return { code: 500, message: 'Internal server error', data: { error: 'SANDBOX_FAULT' } };
  }
}
