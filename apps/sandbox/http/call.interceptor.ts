import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Response } from 'express';
import { catchError, from, map, throwError, type Observable } from 'rxjs';
import { Faults } from '../faults/faults.js';
import { FaultyAnswers } from '../faults/faulty-answers.js';
import type { Answer } from './answer.js';
import { AnswerTaken, heldOpen, NeverAnswered } from './by-hand.js';
import { callOf, type Call, type CallRequest } from './call.js';

/** Serves a call, or lets the fault that is switched on for it strike. */
@Injectable()
export class CallInterceptor implements NestInterceptor<Answer, Answer> {
  constructor(
    private readonly faults: Faults,
    private readonly faultyAnswers: FaultyAnswers,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler<Answer>): Observable<Answer> {
    const request = context.switchToHttp().getRequest<CallRequest>();
    const response = context.switchToHttp().getResponse<Response>();
    const call = callOf(request);
    const served = next.handle().pipe(
      map((answer) => unlessLost(call, response, answer)),
      catchError((error: unknown) =>
        error instanceof NeverAnswered ? from(heldOpen(response)) : throwError(() => error),
      ),
    );
    const fault = this.faults.take({
      operation: call.operation,
      route: `${request.method} ${request.path}`,
      tenantId: call.tenant.tenantId,
      applicant: call.applicant,
    });
    return fault ? from(this.faultyAnswers.answer(fault, { call, response, served })) : served;
  }
}

function unlessLost(call: Call, response: Response, answer: Answer): Answer {
  if (!call.isAnswerLost) return answer;
  response.socket?.destroy();
  throw new AnswerTaken();
}
