import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Params } from 'nestjs-pino';
import { pino, type DestinationStream, type Logger, type LoggerOptions } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { currentLogContext } from './log-context.js';
import { loggedError } from './log-error.js';
import { currentTraceparent } from './tracing.js';

/** The injection token of the process's pino {@link Logger}. */
export const LOGGER = Symbol('Logger');

/** The settings that {@link createLogger} reads. */
export interface LogSettings {
  readonly LOG_LEVEL: string;
  readonly LOG_FORMAT: 'json' | 'pretty';
}

/**
 * The logger of a process. Every line carries the service, the {@link withLogContext} around it and, in a trace, its
 * `traceId`. Errors are written by {@link loggedError}; what is called like a secret or personal data is `***`, as a net
 * under the rule that nobody logs it.
 */
export function createLogger(
  service: string,
  settings: LogSettings,
  destination?: DestinationStream,
): Logger {
  const out = destination ?? pino.destination({ dest: 1, sync: true });
  const stream = settings.LOG_FORMAT === 'pretty' ? prettyInto(out) : out;
  return pino(loggerOptions(service, settings.LOG_LEVEL), stream);
}

function prettyInto(out: DestinationStream): DestinationStream {
  const pretty = prettyFactory({ colorize: process.stdout.isTTY, ignore: 'service', singleLine: true });
  return { write: (line) => out.write(pretty(line)) };
}

const confidential = [
  'authorization',
  'cookie',
  'password',
  'secret',
  'token',
  'apiKey',
  'email',
  'phone',
  'iban',
  'firstName',
  'lastName',
  'dateOfBirth',
  'body',
];

function loggerOptions(service: string, level: string): LoggerOptions {
  return {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    mixin: () => ({ ...currentLogContext(), ...traceOf(currentTraceparent()) }),
    serializers: { err: loggedError, error: loggedError },
    redact: { paths: confidential.flatMap((name) => [name, `*.${name}`]), censor: '***' },
    hooks: { logMethod: withoutNestsOwn },
  };
}

/** What Nest says of itself while it starts: every module and route. */
const nestsOwn = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/**
 * Nest's own lines are for `LOG_LEVEL=debug`. It also logs each start-up error, with a stack, before it throws it: the
 * service says it once, in a sentence.
 */
function withoutNestsOwn(this: Logger, args: Parameters<Logger['info']>, log: Logger['info']): void {
  const first = args[0] as { context?: unknown } | string | null;
  const context = typeof first === 'object' && typeof first?.context === 'string' ? first.context : '';
  if (context === 'ExceptionHandler') return;
  if (nestsOwn.has(context) && !this.isLevelEnabled('debug')) return;
  log.apply(this, args);
}

function traceOf(traceparent: string | undefined): { traceId?: string | undefined } {
  return traceparent === undefined ? {} : { traceId: traceparent.split('-')[1] };
}

/**
 * How nestjs-pino logs HTTP requests: method, route as it is declared, status; nothing that a caller wrote, no header, no
 * body; not health or metrics.
 */
export function httpLogging(logger: Logger): Params {
  return {
    pinoHttp: {
      logger,
      quietReqLogger: true,
      // The route is known only once the request was answered.
      quietResLogger: true,
      customSuccessObject: withRequest,
      customErrorObject: withRequest,
      genReqId: () => randomUUID(),
      autoLogging: { ignore: (request) => /^\/(?:health|metrics)\b/u.test(request.url ?? '') },
      customLogLevel: (_request, response) => (response.statusCode >= 500 ? 'error' : 'info'),
      serializers: { req: loggedRequest, res: loggedResponse },
      wrapSerializers: false,
    },
  };
}

/** pino-http gives last what it would log by itself. */
function withRequest(req: IncomingMessage, ...given: readonly unknown[]): object {
  return { req, ...(given.at(-1) as object) };
}

function loggedRequest({ method, route }: IncomingMessage & { route?: { path?: string } }): object {
  // An address that is none ends at Nest's own `{/*splat}`.
  return { method, route: route?.path?.startsWith('/') ? route.path : '(no route)' };
}

function loggedResponse(response: ServerResponse): object {
  return { status: response.statusCode };
}
