import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { firstValueFrom, type Observable } from 'rxjs';
import type { Answer } from '../http/answer.js';
import type { Call } from '../http/call.js';
import { AnswerTaken, NeverAnswered } from '../http/never-answered.js';
import { Refusal, unauthorized } from '../http/refusal.js';
import { Sessions } from '../sessions/sessions.js';
import { Schedule } from '../state/schedule.js';
import { mangled } from './mangled.rules.js';
import type { Fault } from './fault.js';

/** A call that a fault strikes; subscribing to `served` is what causes its effect. */
export interface StruckCall {
  readonly call: Call;
  readonly response: Response;
  readonly served: Observable<Answer>;
}

/** Answers as the fault says. */
@Injectable()
export class FaultyAnswers {
  constructor(
    private readonly sessions: Sessions,
    private readonly schedule: Schedule,
  ) {}

  async answer(fault: Fault, struck: StruckCall): Promise<Answer> {
    const { response, served } = struck;
    switch (fault.kind) {
      case 'delay':
        await elapsed(fault.delayMs ?? 1_000);
        return firstValueFrom(served);
      case 'hang':
        return held(response);
      case 'late-effect':
        this.schedule.after(fault.delayMs ?? 1_000, () => void settled(served));
        return held(response);
      case 'lost-answer':
        await settled(served);
        response.socket?.destroy();
        throw new AnswerTaken();
      case 'error-after':
        await settled(served);
        throw failure(fault.status ?? 500);
      default:
        return this.withoutEffect(fault, struck) ?? written(response, fault, await settled(served));
    }
  }

  /** Answers in place of doing it; `undefined` for the kinds that do it first. */
  private withoutEffect(fault: Fault, { call, response }: StruckCall): never | undefined {
    switch (fault.kind) {
      case 'error-before':
        throw failure(fault.status ?? 500);
      case 'rate-limit':
      case 'rate-limit-date':
        throw rateLimited(fault, response);
      case 'outage':
        response
          .status(fault.status ?? 503)
          .type('text')
          .send('Service Unavailable');
        throw new AnswerTaken();
      case 'redirect':
        response.redirect(fault.status ?? 302, '/moved');
        throw new AnswerTaken();
      case 'revoked-token':
        if (call.session) this.sessions.end(call.session.id);
        throw unauthorized('The token was revoked');
      default:
        return undefined;
    }
  }
}

/** The answer, or the refusal as an answer: the client will not see which. */
async function settled(served: Observable<Answer>): Promise<Answer> {
  try {
    return await firstValueFrom(served);
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    if (error instanceof AnswerTaken || error instanceof NeverAnswered) return failure(500).answer;
    throw error;
  }
}

function written(response: Response, fault: Fault, answer: Answer): never {
  const { type, body } = mangled(fault.kind, answer);
  if (!response.headersSent && !response.destroyed)
    response
      .status(fault.status ?? answer.code)
      .type(type)
      .send(body);
  throw new AnswerTaken();
}

async function held(response: Response): Promise<never> {
  if (!response.destroyed) await new Promise((resolve) => response.once('close', resolve));
  throw new AnswerTaken();
}

function failure(status: number): Refusal {
  return new Refusal(status, 'Internal server error', { error: 'INTERNAL_ERROR' });
}

function rateLimited(fault: Fault, response: Response): Refusal {
  const seconds = Math.max(1, Math.ceil((fault.delayMs ?? 0) / 1_000));
  const refusal = new Refusal(429, 'Too many requests', { error: 'RATE_LIMITED' });
  const date = new Date(Date.now() + seconds * 1_000).toUTCString();
  response.setHeader('Retry-After', fault.kind === 'rate-limit-date' ? date : String(seconds));
  return refusal;
}

function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
