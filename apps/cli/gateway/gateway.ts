import { Agent, request } from 'undici';
import { z } from 'zod';
import type { CliSettings } from '../cli-settings.js';
import { Failure, type Surroundings } from '../surroundings.js';
import { backoffMs } from '#platform/backoff.js';
import { GatewayAway, GatewayRefusal } from './gateway-errors.js';

/** A call of the gateway. `triesMax` above 1 only where a repeat does no harm. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly triesMax: number;
  /** Told before it waits for the next try. */
  readonly onRetry?: () => void;
}

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

/** The gateway's HTTP API: the only thing that the CLI talks to. */
export class Gateway {
  private readonly agent = new Agent({
    connect: { timeout: 5_000 },
    headersTimeout: timeLimitMs,
    bodyTimeout: timeLimitMs,
    maxResponseSize: answerBytesMax,
  });

  constructor(
    private readonly settings: CliSettings,
    private readonly surroundings: Pick<Surroundings, 'wait' | 'stopped'>,
  ) {}

  /** Where it is, for messages. */
  get url(): string {
    return this.settings.gatewayUrl;
  }

  /** Reads; tried three times. Throws {@link GatewayRefusal}, {@link GatewayAway}, or {@link Failure} for another shape. */
  async get<Shape>(path: string, schema: z.ZodType<Shape>): Promise<Shape> {
    return this.shaped(await this.call({ method: 'GET', path, triesMax: 3 }), schema);
  }

  /** Sends; `call.triesMax` times where the gateway is away, or asks for it. Throws like {@link get}. */
  async send<Shape>(call: Call, schema: z.ZodType<Shape>): Promise<Shape> {
    return this.shaped(await this.call(call), schema);
  }

  /** Waits for calls that are under way and closes the connections. */
  async close(): Promise<void> {
    await this.agent.close();
  }

  private async call(call: Call): Promise<string> {
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.tryOnce(call);
      if (typeof outcome === 'string') return outcome;
      const isOver =
        attempt >= call.triesMax || !outcome.isWorthRetrying || this.surroundings.stopped.aborted;
      if (isOver) throw outcome;
      call.onRetry?.();
      await this.surroundings.wait(backoffMs(attempt, Math.random(), outcome.retryAfterSeconds));
    }
  }

  private async tryOnce(call: Call): Promise<string | GatewayRefusal | GatewayAway> {
    let answer: Answer;
    try {
      answer = await this.exchange(call);
    } catch (error) {
      return new GatewayAway(this.url, error);
    }
    return answer.status < 400 ? answer.text : refusalOf(answer);
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
        authorization: `Bearer ${this.settings.apiKey}`,
        accept: 'application/json, application/problem+json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const retryAfter = headers['retry-after'];
    return { status: statusCode, retryAfter: [retryAfter].flat()[0], text: await stream.text() };
  }

  private shaped<Shape>(text: string, schema: z.ZodType<Shape>): Shape {
    const read = schema.safeParse(jsonOf(text));
    if (read.success) return read.data;
    throw new Failure(
      `What answers at ${this.url} is no gateway of this version: its answer has another shape.`,
    );
  }
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
