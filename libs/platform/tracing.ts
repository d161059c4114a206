import { AsyncLocalStorage } from 'node:async_hooks';
import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import type { SpanExporter } from '@opentelemetry/sdk-trace-node';

/** What {@link startTracing} started; `shutdown` sends what is still held, within the exporter's own time limit. */
export interface Tracing {
  shutdown(): Promise<void>;
}

/** Where a span hangs and what it says; attributes hold no personal data. */
export interface SpanOptions {
  /** The `traceparent` that came with a request or a record; absent, the span hangs under the one that is running. */
  readonly parentTraceparent?: string | undefined;
  readonly attributes?: Attributes | undefined;
}

const passedOn = new AsyncLocalStorage<string>();
let isOn = false;

/**
 * Starts tracing where `OTEL_EXPORTER_OTLP_ENDPOINT` (or, in a test, an exporter) is given. Without it nothing is loaded
 * or recorded, and an incoming `traceparent` is still passed on by {@link withSpan} and {@link currentTraceparent}.
 */
export async function startTracing(
  service: string,
  settings: { readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined },
  exporter?: SpanExporter,
): Promise<Tracing> {
  const endpoint = settings.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === undefined && exporter === undefined) return { shutdown: () => Promise.resolve() };
  const { startProvider } = await import('./trace-provider.js');
  const provider = startProvider(service, endpoint, exporter);
  isOn = true;
  return {
    shutdown: async () => {
      isOn = false;
      await provider.shutdown();
    },
  };
}

/** Runs `fn` in a span that ends with it; an error marks the span by the error's name alone and is thrown on. */
export async function withSpan<Result>(
  name: string,
  options: SpanOptions,
  fn: () => Promise<Result>,
): Promise<Result> {
  const { attributes = {} } = options;
  const parentTraceparent = wellFormed(options.parentTraceparent);
  if (!isOn) return parentTraceparent === undefined ? fn() : passedOn.run(parentTraceparent, fn);
  return tracer().startActiveSpan(name, { attributes }, parentContext(parentTraceparent), (span) =>
    runIn(span, fn),
  );
}

/** The W3C `traceparent` of here, to be sent along; none outside of a trace. */
export function currentTraceparent(): string | undefined {
  return isOn ? traceparentOf(context.active()) : passedOn.getStore();
}

/**
 * The `traceparent` to keep with work that takes many runs: the one that came with it, else, where tracing is on, one of a
 * trace that begins here with a span of this name.
 */
export function keptTraceparent(name: string, incoming: string | undefined): string | undefined {
  const traceparent = wellFormed(incoming);
  if (traceparent !== undefined || !isOn) return traceparent;
  const span = tracer().startSpan(name, {}, ROOT_CONTEXT);
  span.end();
  return traceparentOf(trace.setSpan(ROOT_CONTEXT, span));
}

/** Adds to what the running span says, e.g. what came of it; no personal data. Does nothing where tracing is off. */
export function describeSpan(attributes: Attributes): void {
  trace.getActiveSpan()?.setAttributes(attributes);
}

function tracer(): Tracer {
  return trace.getTracer('finhub-onboarding');
}

function traceparentOf(from: Context): string | undefined {
  const carrier: { traceparent?: string } = {};
  propagation.inject(from, carrier);
  return carrier.traceparent;
}

/** Callers send what they like; only a `traceparent` of version 00 is passed on, all else is as if absent. */
function wellFormed(traceparent: string | undefined): string | undefined {
  return traceparent !== undefined && /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/u.test(traceparent)
    ? traceparent
    : undefined;
}

function parentContext(traceparent: string | undefined): Context {
  return traceparent === undefined
    ? context.active()
    : propagation.extract(context.active(), { traceparent });
}

async function runIn<Result>(span: Span, fn: () => Promise<Result>): Promise<Result> {
  try {
    return await fn();
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'unknown' });
    throw error;
  } finally {
    span.end();
  }
}
