import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  SimpleSpanProcessor,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-node';

/** Registers the process's tracer until `shutdown`; loaded only where tracing is on, because the SDK is heavy. */
export function startProvider(
  service: string,
  endpoint: string | undefined,
  exporter: SpanExporter | undefined,
): { shutdown(): Promise<void> } {
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service }),
    spanProcessors: [processorFor(endpoint, exporter)],
  });
  provider.register({ contextManager: new AsyncLocalStorageContextManager() });
  return {
    shutdown: async () => {
      await provider.shutdown();
      for (const api of [trace, context, propagation]) api.disable();
    },
  };
}

function processorFor(endpoint: string | undefined, exporter: SpanExporter | undefined): SpanProcessor {
  if (exporter) return new SimpleSpanProcessor(exporter);
  const url = new URL('v1/traces', endpoint?.replace(/\/?$/u, '/')).href;
  return new BatchSpanProcessor(new OTLPTraceExporter({ url }));
}
