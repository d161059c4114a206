import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { Session } from '../sessions/session.js';
import type { Tenant } from '../tenants.js';

/** One request of a client, once it has been found to keep the contract's form. */
export interface Call {
  readonly tenant: Tenant;
  /** Absent where the call is public. */
  readonly session: Session | undefined;
  readonly operation: string;
  readonly origin: Origin;
  /** The e-mail of the customer that it is about, in lower case. */
  readonly applicant: string | undefined;
  /** Set by a magic value: the effect is done, the connection will be cut. */
  isAnswerLost: boolean;
}

/** Where a call says that it comes from; kept with sessions and consents for audit (b.3). */
export interface Origin {
  readonly ipAddress: string;
  readonly platform: string;
  readonly userAgent: string;
  readonly userRoles: readonly string[];
}

/** An Express request; `call` is there after the guard. */
export interface CallRequest extends Request {
  call?: Call;
}

/** The call of a request that the guard has let in. */
export function callOf(request: CallRequest): Call {
  if (!request.call) throw new Error('a call is served without its guard; put FinhubController on the class');
  return request.call;
}

/** Gives a handler the {@link Call} that it serves. */
export const TheCall = createParamDecorator((_: unknown, context: ExecutionContext): Call => {
  return callOf(context.switchToHttp().getRequest<CallRequest>());
});
