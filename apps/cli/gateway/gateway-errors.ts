import { sentenceOf } from '#contracts/reason-codes.js';
import { Failure } from '../surroundings.js';

/** What the gateway's problem details said. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly detail?: string | undefined;
  readonly errors: readonly { pointer: string; code: string; message: string }[];
  readonly retryAfterSeconds?: number | undefined;
}

/** The gateway answered, and said no. */
export class GatewayRefusal extends Failure {
  constructor(readonly refusal: Refusal) {
    const { status, code, detail, errors } = refusal;
    const faults = errors.map(
      ({ pointer, code: its, message }) => `\n  ${pointer || '/'}  ${its}  ${message}`,
    );
    super(`The gateway refused (${String(status)} ${code}): ${detail ?? sentenceOf(code)}${faults.join('')}`);
    this.name = 'GatewayRefusal';
  }

  /** 429, and errors of the gateway itself. */
  get isWorthRetrying(): boolean {
    return this.refusal.status === 429 || this.refusal.status >= 500;
  }

  get retryAfterSeconds(): number | undefined {
    return this.refusal.retryAfterSeconds;
  }
}

/** No answer, or none that could be read to its end. */
export class GatewayAway extends Failure {
  readonly isWorthRetrying = true;
  readonly retryAfterSeconds = undefined;

  constructor(url: string, cause: unknown) {
    super(`The gateway at ${url} does not answer (${reasonOf(cause)}). Is it up, and is the address right?`);
    this.name = 'GatewayAway';
  }
}

/** The system's code, e.g. ECONNREFUSED; several addresses of one host give several errors, of which the first will do. */
function reasonOf(cause: unknown): string {
  const { errors, code, message } = cause as { errors?: unknown[]; code?: unknown; message?: unknown };
  if (errors?.[0] !== undefined) return reasonOf(errors[0]);
  return typeof code === 'string' ? code : String(message);
}
