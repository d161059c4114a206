import type { Dispatcher } from 'undici';
import type { Clock } from '#platform/clock.js';
import { currentLogContext } from '#platform/log-context.js';
import { currentTraceparent, describeSpan, withSpan } from '#platform/tracing.js';
import { failureOfAnswer, failureWithoutAnswer } from './answers.js';
import type { ByteBudget } from './byte-budget.js';
import { standaloneCall, type Call } from './call.js';
import type { CallQuota, CallTurn } from './client.js';
import { readEnvelope, type Envelope } from './envelope.js';
import { exchange, OwnError, type Answer, type Outcome } from './exchange.js';
import { FinhubFailure } from './failure.js';
import { Fields, Unreadable } from './fields.js';
import { callHeaders, originHeaders, tenantHeaders, type CallerHeaders, type Origin } from './headers.js';
import type { components } from './openapi-types.js';
import { operations, type Operation, type OperationName } from './operations.js';
import { SessionKeeper } from './session-keeper.js';
import { adminLogin, logIn, loginOperations, type Login } from './sessions.js';
import type { FinhubTenantSettings } from './settings.js';

/** A request's body as `openapi.yaml` has it. */
export type Body<Name extends keyof components['schemas']> = components['schemas'][Name];

/** A body that is streamed: made anew for each time that the request is sent. */
export interface StreamedBody {
  readonly bytes: number;
  readonly canRepeat: boolean;
  open(): AsyncIterable<Buffer>;
}

/** One call of an operation. */
export interface ApiRequest<Result> {
  /** Values of the path's parameters. */
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** The applicant's own address and user agent. */
  readonly origin?: Origin | undefined;
  /** JSON; of a streamed body what is in it besides the content, so that it can be masked. */
  readonly body?: object;
  readonly stream?: StreamedBody;
  /** Makes the result of a successful answer. Throws {@link Unreadable} where it lacks what the call is for. */
  read(answer: Envelope): Result;
}

/** A call of an operation as it is sent: public ones go without a token. */
interface Sent<Result> extends ApiRequest<Result> {
  readonly bearer?: string;
}

/** What the tenants of a process share. */
export interface ApiContext {
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
  readonly caller: CallerHeaders;
  readonly uploads: ByteBudget;
  readonly quota: CallQuota;
}

/** FinHub's API for one tenant: headers, session, one exchange, and the judgement of its answer. */
export class FinhubApi {
  readonly #headers: Readonly<Record<string, string>>;
  readonly #session: SessionKeeper;

  constructor(
    readonly settings: FinhubTenantSettings,
    private readonly context: ApiContext,
    login: Login = adminLogin(settings),
  ) {
    this.#headers = tenantHeaders(settings, context.caller);
    const operation = loginOperations[login.kind];
    this.#session = new SessionKeeper(() => logIn(this, login), context.clock, operation);
  }

  /** The same tenant's API in the session of somebody other than its admin. */
  as(login: Login): FinhubApi {
    return new FinhubApi(this.settings, this.context, login);
  }

  get uploads(): ByteBudget {
    return this.context.uploads;
  }

  now(): Date {
    return this.context.clock.now();
  }

  /** The tenant's UUID for paths and bodies: the setting, or what the token says where that is an alias (U33b). */
  async tenantUuid(call: Call = standaloneCall): Promise<string> {
    const { tenantId } = this.settings;
    if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu.test(tenantId)) return tenantId;
    return (await this.#session.get(call)).tenantId ?? tenantId;
  }

  /**
   * Calls an operation in its session, the admin's unless it is another's (U34), which is renewed once after a 401. Throws
   * {@link FinhubFailure}, and as they are the errors of the caller's own `beforeSend` and content.
   */
  async request<Result>(
    name: OperationName,
    request: ApiRequest<Result>,
    call: Call = standaloneCall,
  ): Promise<Result> {
    if (operations[name].isPublic) return this.#judge(name, request, await this.#send(name, request, call));
    const session = await this.#session.get(call);
    const sent = { ...request, bearer: session.token };
    const outcome = await this.#send(name, sent, call);
    if (outcome.kind !== 'answer' || outcome.answer.status !== 401) return this.#judge(name, sent, outcome);
    const renewed = await this.#session.replace(session, call);
    if (request.stream?.canRepeat === false)
      throw new FinhubFailure({ kind: 'not-done', code: 'unauthorized', endpoint: name, status: 401 });
    const again = { ...request, bearer: renewed.token };
    return this.#judge(name, again, await this.#send(name, again, call));
  }

  /**
   * Waits for its turn, again where that has passed before the request is written. In its third it is written however late:
   * where each try has to connect first, and that takes longer than a turn, it would never be.
   */
  async #send(name: OperationName, request: Sent<unknown>, call: Call): Promise<Outcome> {
    for (let missed = 0; ; missed += 1) {
      const turn = await this.context.quota.take(this.settings.tenantId, call);
      if (turn === undefined) return { kind: 'no-answer', isSent: false, code: 'quota_used_up' };
      const outcome = await this.#sendNow(name, request, missed < missedMax ? inTurn(turn, call) : call);
      if (outcome !== 'turn-missed') return outcome;
    }
  }

  /** Each exchange is a span, which goes along; it has the path as the API declares it, with no values. */
  async #sendNow(name: OperationName, request: Sent<unknown>, call: Call): Promise<Outcome | 'turn-missed'> {
    const operation: Operation = operations[name];
    const ids = callHeaders(currentLogContext().onboardingId);
    const attributes = {
      'http.request.method': operation.method,
      'url.template': operation.path,
      'http.request.header.x-request-id': [ids['X-Request-ID']],
    };
    return withSpan(`FinHub ${name}`, { attributes }, async () => {
      const headers = { ...request.headers, ...ids };
      const outcome = await this.#exchange(operation, { ...request, headers }, call);
      if (outcome === 'turn-missed') {
        describeSpan({ 'error.type': 'turn_missed' });
        return outcome;
      }
      describeSpan(
        outcome.kind === 'answer'
          ? { 'http.response.status_code': outcome.answer.status }
          : { 'error.type': outcome.code },
      );
      return outcome;
    });
  }

  async #exchange(
    operation: Operation,
    request: Sent<unknown>,
    call: Call,
  ): Promise<Outcome | 'turn-missed'> {
    const { stream, body } = request;
    const sending = {
      method: operation.method,
      path: pathOf(operation, request),
      headers: this.#headersOf(request),
      body: stream?.open() ?? (body && JSON.stringify(body)),
    };
    try {
      return await exchange(this.context.dispatcher, sending, call);
    } catch (error) {
      const cause = error instanceof OwnError ? error.cause : error;
      if (cause instanceof TurnMissed) return 'turn-missed';
      throw cause;
    }
  }

  #headersOf(request: Sent<unknown>): Record<string, string> {
    const { origin, bearer, body, stream, headers } = request;
    const traceparent = currentTraceparent();
    return {
      ...this.#headers,
      ...(origin && originHeaders(origin)),
      ...headers,
      ...(bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` }),
      ...(body || stream ? { 'Content-Type': 'application/json' } : {}),
      ...(stream ? { 'Content-Length': String(stream.bytes) } : {}),
      ...(traceparent === undefined ? {} : { traceparent }),
    };
  }

  #judge<Result>(name: OperationName, request: Sent<Result>, outcome: Outcome): Result {
    if (outcome.kind === 'no-answer') throw failureWithoutAnswer(name, outcome.isSent, outcome.code);
    const { answer } = outcome;
    const envelope = envelopeOf(name, answer);
    const status = envelope?.status ?? answer.status;
    if (envelope && status >= 200 && status < 300) {
      try {
        return request.read(envelope);
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
      }
    }
    const { body, origin, bearer, headers } = request;
    throw failureOfAnswer(
      name,
      { ...answer, status, root: envelope?.root },
      { request: { body, origin, bearer, headers }, now: this.now() },
    );
  }
}

const missedMax = 2;

class TurnMissed extends Error {}

/** The call, written in its turn or not at all. */
function inTurn(turn: CallTurn, call: Call): Call {
  let isBegun = false;
  return {
    signal: call.signal,
    timeLimitMs: call.timeLimitMs,
    beforeSend: () => {
      if (!isBegun && !turn.isInTime()) throw new TurnMissed('the turn has passed');
      isBegun = true;
      call.beforeSend();
    },
  };
}

/** Undefined where the body cannot be read. */
function envelopeOf(name: OperationName, answer: Answer): Envelope | undefined {
  if (answer.brokenBy) return undefined;
  const hasNoAnswer = operations[name].hasNoAnswer === true;
  if (hasNoAnswer && answer.body.length === 0)
    return { root: new Fields({}), data: new Fields(undefined), status: answer.status };
  try {
    return readEnvelope(answer.status, answer.body);
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

function pathOf(operation: Operation, { path = {}, query }: ApiRequest<unknown>): string {
  const filled = operation.path.replaceAll(/\{(\w+)\}/gu, (_, key: string) => {
    const value = path[key];
    if (!value) throw new Error(`the path ${operation.path} needs ${key}`);
    return encodeURIComponent(value);
  });
  return query && Object.keys(query).length > 0
    ? `${filled}?${new URLSearchParams(query).toString()}`
    : filled;
}
