import { sentenceOf } from '#contracts/reason-codes.js';

/** What the gateway's problem details said. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly detail?: string | undefined;
  readonly errors: readonly { pointer: string; code: string; message: string }[];
  readonly retryAfterSeconds?: number | undefined;
}

/** The gateway answered, and said no. */
export class GatewayRefusal extends Error {
  constructor(readonly refusal: Refusal) {
    const { status, code, detail, errors } = refusal;
    const faults = errors.map(
      ({ pointer, code: its, message }) => `\n  ${pointer || '/'}  ${its}  ${message}`,
    );
    super(`The gateway refused (${String(status)} ${code}): ${detail ?? sentenceOf(code)}${faults.join('')}`);
    this.name = 'GatewayRefusal';
  }
}

/** No answer, or none that could be read to its end: the call may have been done all the same. */
export class GatewayAway extends Error {
  constructor(url: string, cause: unknown) {
    super(`The gateway at ${url} does not answer (${reasonOf(cause)}). Is it up, and is the address right?`);
    this.name = 'GatewayAway';
  }
}

/** Somebody answered, though not as a gateway of this version does. */
export class UnexpectedAnswer extends Error {
  constructor(url: string) {
    super(`What answers at ${url} is no gateway of this version: its answer has another shape.`);
    this.name = 'UnexpectedAnswer';
  }
}

/** The system's code, e.g. ECONNREFUSED; several addresses of one host give several errors, of which the first will do. */
function reasonOf(cause: unknown): string {
  const { errors, code, message } = cause as { errors?: unknown[]; code?: unknown; message?: unknown };
  if (errors?.[0] !== undefined) return reasonOf(errors[0]);
  return typeof code === 'string' ? code : String(message);
}
