import { afterEach, describe, expect, it } from '@jest/globals';
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace-node';
import { currentTraceparent, keptTraceparent, startTracing, withSpan, type Tracing } from './tracing.js';

const traceId = 'a'.repeat(32);
const incoming = `00-${traceId}-${'b'.repeat(16)}-01`;
let tracing: Tracing | undefined;

async function traced(): Promise<InMemorySpanExporter> {
  const exporter = new InMemorySpanExporter();
  tracing = await startTracing('registration', {}, exporter);
  return exporter;
}

afterEach(async () => {
  await tracing?.shutdown();
  tracing = undefined;
});

describe('without tracing', () => {
  it('an incoming trace is still passed on, across awaits and inner spans', async () => {
    tracing = await startTracing('registration', {});
    const passedOn = await withSpan('consume', { parentTraceparent: incoming }, async () => {
      await Promise.resolve();
      return withSpan('step', {}, async () => currentTraceparent());
    });
    expect(passedOn).toBe(incoming);
    expect(currentTraceparent()).toBeUndefined();
  });

  it('a malformed traceparent is as if there were none', async () => {
    const passedOn = await withSpan('consume', { parentTraceparent: 'x\r\ny' }, async () =>
      currentTraceparent(),
    );
    expect(passedOn).toBeUndefined();
  });
});

describe('the trace that work of many runs keeps', () => {
  it('is the one that came with it', async () => {
    await traced();
    expect(keptTraceparent('receive', incoming)).toBe(incoming);
  });

  it('begins with it where none came, under no span that happens to run', async () => {
    const exporter = await traced();
    const kept = await withSpan('another', {}, async () => keptTraceparent('receive', undefined));
    const receive = exporter.getFinishedSpans().find(({ name }) => name === 'receive');
    expect(receive?.parentSpanContext).toBeUndefined();
    const { traceId: ownTrace, spanId } = receive?.spanContext() ?? {};
    expect(kept).toBe(`00-${ownTrace}-${spanId}-01`);
  });

  it('is none where tracing is off and none that can be read came', () => {
    expect(keptTraceparent('receive', undefined)).toBeUndefined();
    expect(keptTraceparent('receive', 'x\u0000y')).toBeUndefined();
    expect(keptTraceparent('receive', incoming)).toBe(incoming);
  });
});

describe('with tracing', () => {
  it('one trace runs from the incoming traceparent through the spans to what is sent on', async () => {
    const exporter = await traced();
    const sent = await withSpan('consume', { parentTraceparent: incoming }, () =>
      withSpan('step', { attributes: { step: 'register' } }, async () => currentTraceparent()),
    );
    const [step, consume] = exporter.getFinishedSpans();
    expect(sent).toBe(`00-${traceId}-${step?.spanContext().spanId}-01`);
    expect(step).toMatchObject({ name: 'step', attributes: { step: 'register' } });
    expect(step?.parentSpanContext?.spanId).toBe(consume?.spanContext().spanId);
    expect(consume?.parentSpanContext?.spanId).toBe('b'.repeat(16));
    expect(consume?.resource.attributes['service.name']).toBe('registration');
  });

  it('a span ends with what failed in it, says its error by name only, and throws it on', async () => {
    const exporter = await traced();
    const failing = withSpan('step', {}, () => Promise.reject(new RangeError('hunter2')));
    await expect(failing).rejects.toThrow('hunter2');
    const [span] = exporter.getFinishedSpans();
    expect(span?.status).toEqual({ code: 2, message: 'RangeError' });
    expect(span?.events).toEqual([]);
  });

  it('a request without a trace begins one', async () => {
    await traced();
    const sent = await withSpan('HTTP POST', {}, async () => currentTraceparent());
    expect(sent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/u);
  });
});
