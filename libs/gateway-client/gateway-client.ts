import { Agent, request } from 'undici';
import { z } from 'zod';
import { backoffMs } from '#platform/backoff.js';
import { GatewayAway, GatewayRefusal, UnexpectedAnswer } from './gateway-errors.js';

/** Where the gateway is, and the key that it knows us by. */
export interface GatewayAccess {
  /** Scheme, host and port, without a path. */
  readonly url: string;
  readonly apiKey: string;
}

/** How the client waits between two tries; a test gives its own. */
export interface Waiting {
  /** Resolves after that time, at once when stopped. */
  readonly wait: (ms: number) => Promise<void>;
  /** Once aborted nothing is tried again; what is under way is still waited for. */
  readonly stopped: AbortSignal;
  readonly monotonicMs: () => number;
}

/** When a call is given up: with so many tries, or with the first that fails so long after the call began. */
export type RetryLimit = { readonly triesMax: number } | { readonly triedForMs: number };

export interface RetryRules {
  /** Whether a refusal of that status passes by itself. No answer at all always does. */
  readonly isPassing: (status: number) => boolean;
  /** For {@link GatewayClient.get}. */
  readonly reads: RetryLimit;
}

/** A call of the gateway. More than one try only where a repeat does no harm. */
export type Call = RetryLimit & {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** Told before it waits for the next try. */
  readonly onRetry?: () => void;
};

interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

const timeLimitMs = 30_000;
const answerBytesMax = 20_000_000;
const problemSchema = z.object({
  code: z.string(),
  detail: z.string().optional(),
  errors: z.array(z.object({ pointer: z.string(), code: z.string(), message: z.string() })).optional(),
});

/**
 * The gateway's HTTP API for who is outside: every answer is checked for its shape. What passes by itself is tried again
 * after ever longer pauses, or when `Retry-After` says. Connections stay open until {@link close}.
 */
export class GatewayClient {
  private readonly agent = new Agent({
    connect: { timeout: 5_000 },
    headersTimeout: timeLimitMs,
    bodyTimeout: timeLimitMs,
    maxResponseSize: answerBytesMax,
  });

  constructor(
    private readonly access: GatewayAccess,
    private readonly waiting: Waiting,
    private readonly retry: RetryRules,
  ) {}

  /** Where it is, for messages. */
  get url(): string {
    return this.access.url;
  }

  /** Throws {@link GatewayRefusal}, {@link GatewayAway} or, for another shape, {@link UnexpectedAnswer}. */
  async get<Shape>(path: string, schema: z.ZodType<Shape>): Promise<Shape> {
    const { value } = await this.send({ method: 'GET', path, ...this.retry.reads }, schema);
    return value;
  }

  /** Gives the status with what was answered, `undefined` for nothing. Throws like {@link get}. */
  async send<Shape>(call: Call, schema: z.ZodType<Shape>): Promise<{ status: number; value: Shape }> {
    const { status, text } = await this.call(call);
    const read = schema.safeParse(jsonOf(text));
    if (!read.success) throw new UnexpectedAnswer(this.url);
    return { status, value: read.data };
  }

  /** Waits for calls that are under way and closes the connections. */
  async close(): Promise<void> {
    await this.agent.close();
  }

  private async call(call: Call): Promise<Answer> {
    const startedAtMs = this.waiting.monotonicMs();
    for (let tries = 1; ; tries += 1) {
      const outcome = await this.tryOnce(call);
      if (!(outcome instanceof Error)) return outcome;
      const elapsedMs = this.waiting.monotonicMs() - startedAtMs;
      if (!this.isPassing(outcome) || isOver(call, { tries, elapsedMs }) || this.waiting.stopped.aborted)
        throw outcome;
      call.onRetry?.();
      const retryAfterSeconds =
        outcome instanceof GatewayRefusal ? outcome.refusal.retryAfterSeconds : undefined;
      await this.waiting.wait(backoffMs(tries, Math.random(), retryAfterSeconds));
    }
  }

  private isPassing(setback: GatewayRefusal | GatewayAway): boolean {
    return setback instanceof GatewayAway || this.retry.isPassing(setback.refusal.status);
  }

  private async tryOnce(call: Call): Promise<Answer | GatewayRefusal | GatewayAway> {
    let answer: Answer;
    try {
      answer = await this.exchange(call);
    } catch (error) {
      return new GatewayAway(this.url, error);
    }
    return answer.status < 400 ? answer : refusalOf(answer);
  }

  private async exchange({ method, path, body }: Call): Promise<Answer> {
    const {
      statusCode,
      headers,
      body: stream,
    } = await request(`${this.url}${path}`, {
      method,
      dispatcher: this.agent,
      headers: {
        authorization: `Bearer ${this.access.apiKey}`,
        accept: 'application/json, application/problem+json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const retryAfter = headers['retry-after'];
    return { status: statusCode, retryAfter: [retryAfter].flat()[0], text: await stream.text() };
  }
}

function isOver(limit: RetryLimit, { tries, elapsedMs }: { tries: number; elapsedMs: number }): boolean {
  return 'triesMax' in limit ? tries >= limit.triesMax : elapsedMs > limit.triedForMs;
}

function refusalOf({ status, retryAfter, text }: Answer): GatewayRefusal {
  const { code, detail, errors } = problemSchema.safeParse(jsonOf(text)).data ?? {
    code: `http_${String(status)}`,
  };
  const seconds = retryAfter === undefined ? Number.NaN : Number(retryAfter);
  return new GatewayRefusal({
    status,
    code,
    detail,
    errors: errors ?? [],
    retryAfterSeconds: Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined,
  });
}

/** `undefined` for an empty answer, and for what is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
