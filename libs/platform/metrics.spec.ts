import { describe, expect, it } from '@jest/globals';
import { counter, describeMetrics, gauge, histogram, metricsText, startMetrics } from './metrics.js';

const calls = counter({ name: 'test_calls_total', help: 'Calls made.', labelNames: ['endpoint'] });
const inFlight = gauge({ name: 'test_in_flight', help: 'Calls under way.' });
const duration = histogram({ name: 'test_call_seconds', help: 'How long calls take.', buckets: [0.1, 1] });

describe('metrics', () => {
  it('are given in the text format of Prometheus, each with the name of the service, and those of Node', async () => {
    startMetrics('registration');
    startMetrics('registration');
    calls.inc({ endpoint: 'register' });
    inFlight.set(2);
    duration.observe(0.5);
    const text = await metricsText();
    expect(text).toContain('test_calls_total{endpoint="register",service="registration"} 1');
    expect(text).toContain('test_in_flight{service="registration"} 2');
    expect(text).toContain('test_call_seconds_bucket{le="1",service="registration"} 1');
    expect(text).toContain('nodejs_eventloop_lag_seconds');
  });

  it('are described for the documentation', () => {
    expect(describeMetrics()).toContainEqual({
      name: 'test_calls_total',
      type: 'counter',
      labels: ['endpoint'],
      meaning: 'Calls made.',
    });
  });

  it('refuse a second definition of the same name', () => {
    expect(() => gauge({ name: 'test_in_flight', help: 'Again.' })).toThrow('already been registered');
  });
});
