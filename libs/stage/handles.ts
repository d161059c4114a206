import { applyDecorators, Catch, UseFilters, type ExceptionFilter } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { throwError, type Observable } from 'rxjs';
import type { ApplicantKind, Contract, Fact, Stage } from '#contracts/contract.js';
import type { OnboardingEvent } from '#contracts/envelope.js';
import type { Steps } from './steps.js';

/** Which of a topic's events a handler takes. Events of the other kind of applicant are passed over. */
export interface HandlesOptions {
  readonly applicantKind?: ApplicantKind;
  /** The stage that must have published it: anything else comes out of order and goes to the dead letters. */
  readonly from?: Stage;
}

/** What the transport finds in Nest's `extras` of a handler. */
export interface HandlerExtras {
  readonly contract: Contract;
  readonly options: HandlesOptions;
}

type Handler<Data> = (event: OnboardingEvent<Data>, steps: Steps) => Promise<Fact>;

/**
 * Makes a method of a Nest controller the handler of a contract's events. The compiler checks the method's event type; the
 * fact that it returns is the event that the stage emits.
 */
export function Handles<Data>(contract: Contract<Data>, options: HandlesOptions = {}) {
  return <Method extends Handler<Data>>(
    target: object,
    key: string,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void => {
    const pattern = `${contract.type}:${options.applicantKind ?? '*'}`;
    applyDecorators(
      EventPattern(pattern, { contract, options } satisfies HandlerExtras) as MethodDecorator,
      UseFilters(RethrowFilter),
    )(target, key, descriptor as TypedPropertyDescriptor<unknown>);
    // Without it Nest hands a handler the event alone.
    Payload()(target, key, 0);
    Ctx()(target, key, 1);
  };
}

/** Without it Nest turns what a handler throws into `{status: 'error', message: 'Internal server error'}`. */
@Catch()
class RethrowFilter implements ExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}
