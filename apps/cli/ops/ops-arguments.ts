import { Failure } from '../surroundings.js';

/** A change of the request: where, and the new value. */
export interface Correction {
  readonly pointer: string;
  readonly value: unknown;
}

/**
 * Reads `pointer=value`. The value is a text, since a request has no numbers; `true`, `false`, `null` and what begins like
 * a JSON object, list or quoted text is read as JSON. Throws {@link Failure}.
 */
export function correctionOf(text: string): Correction {
  const at = text.indexOf('=');
  const pointer = text.slice(0, Math.max(at, 0));
  if (!/^(?:\/[^/]+)+$/u.test(pointer))
    throw new Failure('Write it as /pointer=value, e.g. /individual/phone=+37060000001.', 2);
  const value = text.slice(at + 1);
  return {
    pointer,
    value: /^(?:true|false|null|[[{"].*)$/su.test(value) ? jsonOf(value, 'The value') : value,
  };
}

/** What a human says of a step in doubt: exactly one of happened and did not, and a result only of what happened. */
export function resolutionOf(options: { happened?: boolean; didNotHappen?: boolean; result?: string }): {
  hasHappened: boolean;
  result?: Readonly<Record<string, unknown>>;
} {
  const hasHappened = options.happened === true;
  if (hasHappened === (options.didNotHappen === true))
    throw new Failure('Say either --happened or --did-not-happen.', 2);
  if (options.result === undefined) return { hasHappened };
  if (!hasHappened) throw new Failure('--result goes with --happened only.', 2);
  const result = jsonOf(options.result, '--result');
  if (typeof result === 'object' && result !== null && !Array.isArray(result))
    return { hasHappened, result: { ...result } };
  throw new Failure('--result has to be a JSON object, e.g. {"customerId":"..."}.', 2);
}

function jsonOf(text: string, what: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Failure(`${what} is not valid JSON; mind your shell's quotes.`, 2);
  }
}
