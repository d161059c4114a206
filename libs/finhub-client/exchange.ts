import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { onTimeLimit } from '#platform/time-limit.js';
import type { Call } from './call.js';
import type { FailureCode } from './failure.js';

/** Bytes of an answer that are read; a longer one cannot be read. */
export const answerBytesMax = 1024 * 1024;

/** A request as it goes to the socket. A streamed body needs its `content-length` among the headers. */
export interface Sending {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | AsyncIterable<Buffer> | undefined;
}

/** What became of it. A body that broke off or was too long has `brokenBy`. */
export type Outcome =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'no-answer'; readonly isSent: boolean; readonly code: FailureCode };

export interface Answer {
  readonly status: number;
  readonly retryAfter?: string | undefined;
  readonly body: Buffer;
  readonly brokenBy?: FailureCode | undefined;
}

/** An error of the caller's own (its `beforeSend`, its content), which reaches it unchanged as `cause`. */
export class OwnError extends Error {}

/**
 * Sends one request and gives what came of it; throws only {@link OwnError}. Redirects are not followed and nothing is
 * decompressed. The time limit counts until the request is sent, and anew from then until the answer is complete.
 */
export function exchange(dispatcher: Dispatcher, sending: Sending, call: Call): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const handler = new ExchangeHandler(call, resolve, reject);
    if (call.signal.aborted) {
      handler.giveUp('call_aborted');
      return;
    }
    const { method, path, headers, body = null } = sending;
    const parts = typeof body === 'string' || body === null ? body : lookedAtEach(body, call);
    // undici takes any async iterable, which its types do not say.
    dispatcher.dispatch({ method, path, headers, body: parts as string | Readable | null }, handler);
  });
}

/** undici writes a part in the turn in which it gets it: after a freeze in the middle no more is written. */
async function* lookedAtEach(body: AsyncIterable<Buffer>, call: Call): AsyncGenerator<Buffer> {
  for await (const part of body) {
    look(call);
    yield part;
  }
}

function look(call: Call): void {
  try {
    call.beforeSend();
  } catch (error) {
    throw new OwnError('beforeSend threw', { cause: error });
  }
}

class ExchangeHandler implements Dispatcher.DispatchHandler {
  #controller: Dispatcher.DispatchController | undefined;
  #timer: NodeJS.Timeout;
  #isSettled = false;
  #status: number | undefined;
  #retryAfter: string | undefined;
  #isEncoded = false;
  #bytes = 0;
  readonly #chunks: Buffer[] = [];
  readonly #onAbort = () => this.giveUp('call_aborted');

  constructor(
    private readonly call: Call,
    private readonly resolve: (outcome: Outcome) => void,
    private readonly reject: (error: OwnError) => void,
  ) {
    this.#timer = this.#startTimer();
    call.signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Right before the write: what throws here keeps undici from writing anything. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#isSettled) throw new Error('given up while it waited for a connection');
    if (this.#controller) throw new Error('a request is never written twice');
    try {
      look(this.call);
    } catch (error) {
      this.#fail(error as OwnError);
      throw error;
    }
    this.#controller = controller;
    clearTimeout(this.#timer);
    this.#timer = this.#startTimer();
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[]>,
  ): void {
    if (status < 200) return;
    this.#status = status;
    this.#retryAfter = [headers['retry-after']].flat()[0];
    this.#isEncoded = (headers['content-encoding'] ?? 'identity') !== 'identity';
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > answerBytesMax) this.giveUp('unreadable_answer');
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#answer(this.#isEncoded ? 'unreadable_answer' : undefined);
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    if (error instanceof OwnError) this.#fail(error);
    else if (this.#status !== undefined) this.#answer('unreadable_answer');
    else this.#settle({ kind: 'no-answer', isSent: this.#isSent, code: codeOf(error, this.#isSent) });
  }

  /** Ends it now, with what is known by now, and lets go of the connection. */
  giveUp(code: FailureCode): void {
    if (this.#status !== undefined) this.#answer(afterSending(code));
    else
      this.#settle({
        kind: 'no-answer',
        isSent: this.#isSent,
        code: this.#isSent ? afterSending(code) : code,
      });
    this.#controller?.abort(new Error('given up'));
  }

  get #isSent(): boolean {
    return this.#controller !== undefined;
  }

  #startTimer(): NodeJS.Timeout {
    return onTimeLimit(this.call.timeLimitMs, () => this.giveUp('timed_out'));
  }

  #answer(brokenBy: FailureCode | undefined): void {
    const body = this.#isEncoded ? Buffer.alloc(0) : Buffer.concat(this.#chunks);
    const answer = { status: this.#status ?? 0, retryAfter: this.#retryAfter, body, brokenBy };
    this.#settle({ kind: 'answer', answer });
  }

  #settle(outcome: Outcome): void {
    if (this.#isSettled) return;
    this.#close();
    this.resolve(outcome);
  }

  #fail(error: OwnError): void {
    if (this.#isSettled) return;
    this.#close();
    this.reject(error);
  }

  #close(): void {
    this.#isSettled = true;
    clearTimeout(this.#timer);
    this.call.signal.removeEventListener('abort', this.#onAbort);
  }
}

/** Who gives a call up after it was sent has waited long enough for the answer. */
function afterSending(code: FailureCode): FailureCode {
  return code === 'call_aborted' ? 'timed_out' : code;
}

function codeOf(error: Error, isSent: boolean): FailureCode {
  if (!isSent) return 'connection_refused';
  return error.name === 'HTTPParserError' ? 'unreadable_answer' : 'connection_lost';
}
