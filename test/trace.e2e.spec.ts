import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { holds, plantCanaries } from './canaries.js';
import { applicantNamed } from './example-applicants.js';
import { connectTestKafka, type TestKafka } from './kafka.js';
import { startTestPipeline, type TestPipeline } from './processes.js';
import { publishRequest } from './publish-request.js';
import { SpanReceiver, type SentSpan } from './span-receiver.js';
import { Submitted } from './submitted.js';
import { waitUntil } from './wait-until.js';

const timeLimitMs = 300_000;
const forIndividuals = ['activation', 'consent', 'registration', 'sandbox', 'verification'];
const forOrganizations = [...forIndividuals, 'personnel'].sort();
const canaries: string[] = [];

let receiver: SpanReceiver;
let pipeline: TestPipeline;
let kafka: TestKafka;

beforeAll(async () => {
  receiver = await SpanReceiver.start();
  pipeline = await startTestPipeline({
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_BSP_SCHEDULE_DELAY: '200',
  });
  kafka = await connectTestKafka(pipeline.access.brokers.split(','));
}, timeLimitMs);
afterAll(async () => {
  await kafka.close();
  await pipeline.close();
  await receiver.stop();
});

test(
  "a person's request over HTTP and a company's continue the upstream's trace, through every stage, to the IBAN",
  async () => {
    const upstream = { individual: newTraceparent(), organization: newTraceparent() };
    const [person, company] = await Promise.all([
      overHttp('11', 'individual', upstream.individual),
      overHttp('22', 'organization', upstream.organization),
    ]);
    await expectOneTrace(person, ['gateway', ...forIndividuals], upstream.individual);
    await expectOneTrace(company, ['gateway', ...forOrganizations], upstream.organization);
  },
  timeLimitMs,
);

test(
  'a request over HTTP without a trace begins one, and its every stage is in it',
  async () => {
    const spans = await expectOneTrace(await overHttp('33', 'individual'), ['gateway', ...forIndividuals]);
    expect(rootsOf(spans)).toMatchObject([{ service: 'gateway', name: 'HTTP POST' }]);
  },
  timeLimitMs,
);

test(
  'a request straight on Kafka continues the trace of its header; without one the first stage begins it',
  async () => {
    const traceparent = newTraceparent();
    await expectOneTrace(await overKafka('44', traceparent), forOrganizations, traceparent);
    const spans = await expectOneTrace(await overKafka('55'), forOrganizations);
    expect(rootsOf(spans)).toMatchObject([
      { service: 'registration', name: 'registration receives onboarding.requested.v1' },
    ]);
  },
  timeLimitMs,
);

test(
  'the log line of each request over HTTP that is about an onboarding names it',
  async () => {
    const onboarding = await overHttp('66', 'individual');
    await onboarding.until('activated');
    const routes = [
      'gateway GET /v1/onboardings/:onboardingId',
      'gateway POST /v1/onboardings',
      'gateway POST /webhooks/finhub/:tenantId',
      'tracker GET /v1/onboardings/:id',
    ];
    await waitUntil('the lines', () => {
      const seen = routesLoggedFor(onboarding.id);
      return routes.every((route) => seen.has(route));
    });
  },
  timeLimitMs,
);

test("no span says anything of a person's", () => {
  const sent = receiver.bodies.join('\n');
  expect(canaries.filter((canary) => holds(sent, canary))).toEqual([]);
  expect(canaries.length).toBeGreaterThan(50);
});

interface LogLine {
  readonly service: string;
  readonly onboardingId?: string;
  readonly req?: { readonly method: string; readonly route: string };
}

function routesLoggedFor(onboardingId: string): ReadonlySet<string> {
  const texts = [...pipeline.logs()].filter(([file]) => /^(?:gateway|tracker)/u.test(file));
  // What is being written may end in the middle.
  const written = texts.flatMap(([, text]) => text.split('\n').filter((line) => line.endsWith('}')));
  const lines = written.map((line) => JSON.parse(line) as LogLine);
  return new Set(
    lines.flatMap(({ service, req, ...line }) =>
      line.onboardingId === onboardingId && req ? [`${service} ${req.method} ${req.route}`] : [],
    ),
  );
}

/** Waits until the whole journey is there, and gives it: stages, FinHub's calls, and nothing whose parent is missing. */
async function expectOneTrace(
  onboarding: Submitted,
  services: readonly string[],
  traceparent?: string,
): Promise<SentSpan[]> {
  canaries.push((await onboarding.until('activated')).iban ?? 'none');
  const [, upstreamTrace, upstreamSpan] = traceparent?.split('-') ?? [];
  const isOurs = ({ attributes }: SentSpan) => attributes.get('onboarding.id') === onboarding.id;
  const ofActivation = (span: SentSpan) =>
    isOurs(span) && span.attributes.get('onboarding.outcome') === 'ended';
  const { traceId } = await waitUntil('the last span', () => receiver.spans.find(ofActivation), timeLimitMs);
  const known = () => new Set([upstreamSpan, ...receiver.spansOf(traceId).map(({ spanId }) => spanId)]);
  const orphans = () =>
    receiver
      .spansOf(traceId)
      .filter(({ parentSpanId }) => parentSpanId !== undefined && !known().has(parentSpanId));
  const unanswered = () => {
    const answered = receiver.spansOf(traceId).filter(({ service }) => service === 'sandbox');
    const parents = new Set(answered.map(({ parentSpanId }) => parentSpanId));
    return callsOf(receiver.spansOf(traceId)).filter(({ spanId }) => !parents.has(spanId));
  };
  const isWhole = () => orphans().length === 0 && unanswered().length === 0;
  await waitUntil('every parent and every answer', isWhole, 30_000).catch(() => undefined);

  const spans = receiver.spansOf(traceId);
  expect(orphans()).toEqual([]);
  expect(new Set(receiver.spans.filter(isOurs).map((span) => span.traceId))).toEqual(new Set([traceId]));
  if (upstreamTrace !== undefined) expect(traceId).toBe(upstreamTrace);
  expect([...new Set(spans.map(({ service }) => service))].sort()).toEqual([...services].sort());
  expect(unanswered()).toEqual([]);
  expect(callsOf(spans).length).toBeGreaterThan(6);
  return spans;
}

function callsOf(spans: readonly SentSpan[]): SentSpan[] {
  return spans.filter(({ name }) => name.startsWith('FinHub '));
}

function rootsOf(spans: readonly SentSpan[]): SentSpan[] {
  return spans.filter(({ parentSpanId }) => parentSpanId === undefined);
}

function newTraceparent(): string {
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
}

function planted(seed: string, kind: 'individual' | 'organization') {
  const { requestId, request } = applicantNamed(`trace-${seed}`, kind);
  const plant = plantCanaries(request, seed);
  canaries.push(...plant.canaries);
  return { requestId, request: plant.request };
}

async function overHttp(
  seed: string,
  kind: 'individual' | 'organization',
  traceparent?: string,
): Promise<Submitted> {
  const { gatewayUrl, apiKey } = pipeline.access;
  const response = await fetch(`${gatewayUrl}/v1/onboardings`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${apiKey}`,
      'content-type': 'application/json',
      ...(traceparent === undefined ? {} : { traceparent }),
    },
    body: JSON.stringify(planted(seed, kind)),
  });
  expect(response.status).toBe(202);
  const { onboardingId } = (await response.json()) as { onboardingId: string };
  return Submitted.of(pipeline, onboardingId);
}

async function overKafka(seed: string, traceparent?: string): Promise<Submitted> {
  const line = { ...planted(seed, 'organization'), traceparent };
  return Submitted.of(pipeline, await publishRequest(kafka, pipeline.access.tenantId, line));
}
