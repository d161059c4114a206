import { setTimeout as delay } from 'node:timers/promises';
import { backoffMs } from '#platform/backoff.js';
import type { RequestLine } from './requests-file.js';

/** What the gateway made of a request. */
export type Submitted =
  | { readonly verdict: 'admitted'; readonly onboardingId: string; readonly isNew: boolean }
  /** `isInvalid`: it breaks our rules. `reason` is a code, where there are errors with the first of them. */
  | { readonly verdict: 'refused'; readonly isInvalid: boolean; readonly reason: string };

interface Problem {
  readonly code?: string;
  readonly errors?: readonly { readonly pointer?: string; readonly code?: string }[];
}

const triedForMs = 60_000;

/**
 * The gateway's HTTP API, as an upstream uses it. What passes by itself (no connection, 429, 503) is tried again for a minute,
 * after ever longer pauses: hundreds who wait must not keep it from coming back.
 */
export class GatewayClient {
  constructor(
    private readonly url: string,
    private readonly apiKey: string,
  ) {}

  /** Submits a request; a repeat of the same one is admitted without doing anything again. */
  async submit({ requestId, request }: RequestLine): Promise<Submitted> {
    const response = await this.#send('POST', '/v1/onboardings', { requestId, request });
    const answer = (await response.json()) as Problem & { onboardingId?: string };
    if (answer.onboardingId !== undefined)
      return { verdict: 'admitted', onboardingId: answer.onboardingId, isNew: response.status === 202 };
    return {
      verdict: 'refused',
      isInvalid: response.status === 422,
      reason: reasonOf(answer, response.status),
    };
  }

  /** The onboarding as it stands now, IBAN included where there is one. */
  async status(onboardingId: string): Promise<Record<string, unknown>> {
    const response = await this.#send('GET', `/v1/onboardings/${onboardingId}`);
    return (await response.json()) as Record<string, unknown>;
  }

  async #send(method: string, path: string, body?: unknown): Promise<Response> {
    const startedAtMs = performance.now();
    for (let tries = 1; ; tries += 1) {
      const response = await this.#trySend(method, path, body);
      const isPassing = response === undefined || response.status === 429 || response.status === 503;
      if (!isPassing) return response;
      if (performance.now() - startedAtMs > triedForMs)
        throw new Error(`The gateway does not answer at ${this.url}.`);
      await delay(backoffMs(tries, Math.random()));
    }
  }

  async #trySend(method: string, path: string, body: unknown): Promise<Response | undefined> {
    const headers = { authorization: `Bearer ${this.apiKey}`, 'content-type': 'application/json' };
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    try {
      return await fetch(`${this.url}${path}`, { method, headers, ...content });
    } catch {
      return undefined;
    }
  }
}

function reasonOf({ code, errors = [] }: Problem, status: number): string {
  const [first, ...others] = errors;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  if (first?.code !== undefined) return `${first.code} at ${first.pointer ?? '/'}${more}`;
  return code ?? `HTTP ${status}`;
}
