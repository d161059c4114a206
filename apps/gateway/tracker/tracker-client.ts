import { HttpStatus } from '@nestjs/common';
import { errors, Pool } from 'undici';
import { ProblemError } from '#platform/problem-details.js';
import { currentTraceparent } from '#platform/tracing.js';
import { refusal } from '../http/refusal.js';

const retryAfterSeconds = 5;

/** The tracker did not answer in time, or not as it should: a 503, where nobody knows better. */
export class TrackerAway extends ProblemError {
  constructor(readonly reason: string) {
    const detail = 'The tracker does not answer. Ask again later.';
    super({ status: 503, code: 'temporarily_unavailable', detail, retryAfterSeconds });
  }
}

/** How to reach the tracker. */
export interface TrackerSettings {
  readonly url: string;
  /** The bearer token that lets us ask for any tenant. */
  readonly token: string;
  readonly timeLimitMs: number;
}

const answerBytesMax = 4_000_000;
/** The tracker's longest page. */
const pageLimitMax = 500;

/** The tracker's HTTP API, read only. Every call is for one tenant, or for `*`: all of them. */
export class TrackerClient {
  private readonly pool: Pool;

  constructor(private readonly settings: TrackerSettings) {
    const { timeLimitMs } = settings;
    this.pool = new Pool(new URL(settings.url).origin, {
      connections: 20,
      connect: { timeout: timeLimitMs },
      headersTimeout: timeLimitMs,
      bodyTimeout: timeLimitMs,
      maxResponseSize: answerBytesMax,
    });
  }

  /**
   * The answer's JSON, or `undefined` for a 404. A page that is too large is asked for again, shorter. Throws 400 for a page
   * that is none, {@link TrackerAway} for anything else.
   */
  async get(path: string, tenantId: string, query: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const answer = await this.ask(path, tenantId, query);
    if (answer === 'too large') return this.get(path, tenantId, { ...query, limit: shorter(query['limit']) });
    const { statusCode, text } = answer;
    if (statusCode === 404) return undefined;
    if (statusCode === 400) throw refusal(HttpStatus.BAD_REQUEST, 'parameter_invalid');
    if (statusCode !== 200) throw new TrackerAway(`status ${statusCode}`);
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw new TrackerAway('no JSON');
    }
  }

  /** Closes the connections, without waiting for what is under way. */
  async close(): Promise<void> {
    await this.pool.destroy();
  }

  private async ask(
    path: string,
    tenantId: string,
    query: Readonly<Record<string, string>>,
  ): Promise<{ statusCode: number; text: string } | 'too large'> {
    const { token, timeLimitMs } = this.settings;
    const traceparent = currentTraceparent();
    try {
      const { statusCode, body } = await this.pool.request({
        method: 'GET',
        path,
        query,
        headers: {
          authorization: `Bearer ${token}`,
          'x-tenant-id': tenantId,
          accept: 'application/json',
          ...(traceparent === undefined ? {} : { traceparent }),
        },
        signal: AbortSignal.timeout(timeLimitMs),
      });
      return { statusCode, text: await body.text() };
    } catch (error) {
      if (error instanceof errors.ResponseExceededMaxSizeError && query['limit'] !== '1') return 'too large';
      throw new TrackerAway(error instanceof Error ? error.name : 'no answer');
    }
  }
}

function shorter(limit: string | undefined): string {
  return String(Math.max(1, Math.floor(Number(limit ?? pageLimitMax) / 8)));
}
