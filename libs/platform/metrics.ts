import { Controller, Get, Header } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { CounterConfiguration, GaugeConfiguration, HistogramConfiguration } from 'prom-client';

/** The metrics of this process. Define each one once, at the top of the module that counts it. */
const registry = new Registry();

/** Defines a counter; the name ends in `_total`, or the process does not start. */
export function counter<Label extends string>(definition: CounterConfiguration<Label>): Counter<Label> {
  return new Counter({ ...definition, registers: [registry] });
}

/** Defines a gauge; `collect` sets it when somebody asks. */
export function gauge<Label extends string>(definition: GaugeConfiguration<Label>): Gauge<Label> {
  return new Gauge({ ...definition, registers: [registry] });
}

/** Defines a histogram; seconds, as Prometheus has it, and the name says so: `_seconds`. */
export function histogram<Label extends string>(definition: HistogramConfiguration<Label>): Histogram<Label> {
  return new Histogram({ ...definition, registers: [registry] });
}

/** Adds the metrics of Node itself, and the service's name to every line. Once per process. */
export function startMetrics(service: string): void {
  registry.setDefaultLabels({ service });
  if (!registry.getSingleMetric('process_cpu_seconds_total')) collectDefaultMetrics({ register: registry });
}

/** All metrics in Prometheus' text format. */
export async function metricsText(): Promise<string> {
  return registry.metrics();
}

/** A row of the generated table of metrics. */
export interface MetricRow {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
  readonly meaning: string;
}

/** The metrics that the loaded modules define, for the documentation. */
export function describeMetrics(): MetricRow[] {
  return registry.getMetricsAsArray().map((metric) => {
    // prom-client keeps them, and leaves them out of its types.
    const { labelNames } = metric as unknown as { labelNames: readonly string[] };
    return { name: metric.name, type: String(metric.type), labels: labelNames, meaning: metric.help };
  });
}

/** `GET /metrics`. */
@Controller('metrics')
export class MetricsController {
  @Get()
  @Header('content-type', Registry.PROMETHEUS_CONTENT_TYPE)
  text(): Promise<string> {
    return metricsText();
  }
}
