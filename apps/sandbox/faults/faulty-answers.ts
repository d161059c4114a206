import { Inject, Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { firstValueFrom, type Observable } from 'rxjs';
import { CLOCK, type Clock } from '#platform/clock.js';
import type { Answer } from '../http/answer.js';
import type { Call } from '../http/call.js';
import { AnswerTaken, heldOpen, NeverAnswered } from '../http/by-hand.js';
import { Refusal, unauthorized } from '../http/refusal.js';
import { Sessions } from '../sessions/sessions.js';
import { Schedule } from '../state/schedule.js';
import type { Fault, FaultKind } from './fault.js';
import { mangled } from './mangled.rules.js';

/** A call that a fault strikes; subscribing to `served` is what causes its effect. */
export interface StruckCall {
  readonly call: Call;
  readonly response: Response;
  readonly served: Observable<Answer>;
}

type Strike = (fault: Fault, struck: StruckCall) => Promise<Answer> | Answer;

const defaultDelayMs = 1_000;

/** Answers as the fault says. */
@Injectable()
export class FaultyAnswers {
  /** Every kind that is not here does the call and mangles its answer. */
  private readonly strikes: Partial<Record<FaultKind, Strike>> = {
    'error-before': ({ status = 500 }) => {
      throw failure(status);
    },
    'error-after': async ({ status = 500 }, { served }) => {
      await settled(served);
      throw failure(status);
    },
    'lost-answer': async (_fault, { served, response }) => {
      await settled(served);
      response.socket?.destroy();
      throw new AnswerTaken();
    },
    'late-effect': ({ delayMs = defaultDelayMs }, { served, response }) => {
      this.schedule.after(delayMs, () => void settled(served));
      return heldOpen(response);
    },
    hang: (_fault, { response }) => heldOpen(response),
    delay: async ({ delayMs = defaultDelayMs }, { served }) => {
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      return firstValueFrom(served);
    },
    outage: ({ status = 503 }, { response }) => {
      response.status(status).type('text').send('Service Unavailable');
      throw new AnswerTaken();
    },
    redirect: ({ status = 302 }, { response }) => {
      response.redirect(status, '/moved');
      throw new AnswerTaken();
    },
    'revoked-token': (_fault, { call }) => {
      if (call.session) this.sessions.end(call.session.id);
      throw unauthorized('The token was revoked');
    },
    'rate-limit': (fault, { response }) => {
      response.setHeader('Retry-After', String(waitSecondsOf(fault)));
      throw rateLimited();
    },
    'rate-limit-date': (fault, { response }) => {
      const until = new Date(this.clock.now().getTime() + waitSecondsOf(fault) * 1_000);
      response.setHeader('Retry-After', until.toUTCString());
      throw rateLimited();
    },
  };

  constructor(
    private readonly sessions: Sessions,
    private readonly schedule: Schedule,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async answer(fault: Fault, struck: StruckCall): Promise<Answer> {
    const strike = this.strikes[fault.kind] ?? mangle;
    return strike(fault, struck);
  }
}

async function mangle(fault: Fault, { served, response }: StruckCall): Promise<Answer> {
  const answer = await settled(served);
  const { type, body } = mangled(fault.kind, answer);
  if (!response.headersSent && !response.destroyed)
    response
      .status(fault.status ?? answer.code)
      .type(type)
      .send(body);
  throw new AnswerTaken();
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

function failure(status: number): Refusal {
  return new Refusal(status, 'Internal server error', { error: 'INTERNAL_ERROR' });
}

function rateLimited(): Refusal {
  return new Refusal(429, 'Too many requests', { error: 'RATE_LIMITED' });
}

function waitSecondsOf({ delayMs = 0 }: Fault): number {
  return Math.max(1, Math.ceil(delayMs / 1_000));
}
