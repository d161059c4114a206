import type { Call } from './call.js';
import { FinhubFailure } from './failure.js';
import type { OperationName } from './operations.js';

/**
 * What many wait for, for one of them: it goes on when this one gives up. Rejects as it does, or with `call_aborted` when the
 * call ends first.
 */
export function unlessGivenUp<Result>(
  shared: Promise<Result>,
  { signal }: Call,
  endpoint: OperationName,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new FinhubFailure({ kind: 'not-done', code: 'call_aborted', endpoint }));
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    shared.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}
