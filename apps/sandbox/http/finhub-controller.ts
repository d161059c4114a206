import {
  applyDecorators,
  Controller,
  HttpCode,
  RequestMapping,
  RequestMethod,
  SetMetadata,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { CallGuard, callNeeds, type CallNeeds } from './call.guard.js';
import { CallInterceptor } from './call.interceptor.js';

/** A controller whose calls are FinHub's: strict by the guard, bent by faults and magic values. */
export function FinhubController(prefix = ''): ClassDecorator {
  return applyDecorators(Controller(`api/${prefix}`), UseGuards(CallGuard), UseInterceptors(CallInterceptor));
}

/** A call of FinHub's: method, path or paths, and what it needs. Answers 200 unless told otherwise (U2). */
export function FinhubCall(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string | string[],
  needs: CallNeeds & { readonly status?: number },
): MethodDecorator {
  return applyDecorators(
    RequestMapping({ method: RequestMethod[method], path }),
    HttpCode(needs.status ?? 200),
    SetMetadata(callNeeds, needs),
  );
}
