import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { FakeGateway, type FakeAnswer, type SeenCall } from '#gateway-client/testing/fake-gateway.js';
import { CliUnderTest } from '../testing/run-cli.js';

const gateway = new FakeGateway();
let cli: CliUnderTest;
let file: string;

beforeAll(() => gateway.start());
afterAll(() => gateway.stop());
beforeEach(() => {
  gateway.reset();
  cli = new CliUnderTest({ GATEWAY_URL: gateway.url, ONBOARD_API_KEY: 'onb_key' });
  file = join(cli.root, 'requests.jsonl');
});
afterEach(() => {
  cli.remove();
});

const accepted: FakeAnswer = {
  status: 202,
  body: { onboardingId: 'o-1', requestId: 'r', state: 'admitted' },
};
const idOf = ({ body }: SeenCall): string => (body as { requestId: string }).requestId;
const sentIds = (): string[] => gateway.calls.map(idOf);
const writeRequests = (...ids: string[]): void => {
  writeFileSync(
    file,
    ids.map((id) => `${JSON.stringify({ requestId: id, request: { kind: 'individual' } })}\n`).join(''),
  );
};
const progressFiles = (): string[] =>
  readdirSync(join(cli.root, '.onboarding/submit')).filter((name) => name !== 'digest-key');

describe('onboard submit', () => {
  test('submits each line once, with the key, and nothing of the line but id and request', async () => {
    writeFileSync(file, '{"requestId":"a","request":{"kind":"individual"},"expect":{"end":"activated"}}\n\n');
    gateway.on('POST /v1/onboardings', () => accepted);
    const { exitCode, out } = await cli.run(['submit', file]);
    expect([exitCode, out]).toEqual([0, `${file}: 1 accepted, 0 refused of 1\n`]);
    expect(gateway.calls).toEqual([
      {
        route: 'POST /v1/onboardings',
        authorization: 'Bearer onb_key',
        body: { requestId: 'a', request: { kind: 'individual' } },
      },
    ]);
  });

  test('reports each refused line with all its errors, and exits with 1', async () => {
    writeRequests('a', 'b');
    const errors = [{ pointer: '/request/individual/phone', code: 'phone_not_e164', message: 'No E.164.' }];
    const refused = { status: 422, body: { code: 'request_malformed', detail: 'It breaks rules.', errors } };
    gateway.on('POST /v1/onboardings', (call) => (idOf(call) === 'a' ? accepted : refused));
    const { exitCode, out } = await cli.run(['submit', file]);
    expect(exitCode).toBe(1);
    expect(out).toContain('1 accepted, 1 refused of 2');
    expect(out).toContain('line 2  b  request_malformed: It breaks rules.');
    expect(out).toContain('/request/individual/phone  phone_not_e164  No E.164.');
  });

  test('gives a bare request the same id each time, and points into the line', async () => {
    writeFileSync(file, '{"kind":"individual"}\n');
    const errors = [{ pointer: '/request/individual', code: 'required', message: 'Missing.' }];
    gateway.on('POST /v1/onboardings', () => ({ status: 422, body: { code: 'request_malformed', errors } }));
    const { out } = await cli.run(['submit', file]);
    await cli.run(['submit', file]);
    expect(out).toContain('    /individual  required');
    expect(sentIds()[0]).toMatch(/^cli-[0-9a-f]{40}$/u);
    expect(sentIds()[1]).toBe(sentIds()[0]);
  });

  test('goes on where it was cut off, and starts anew once all was answered', async () => {
    writeRequests('a', 'b', 'c');
    gateway.on('POST /v1/onboardings', (call) => (idOf(call) === 'b' ? 'cut' : accepted));
    const cutOff = await cli.run(['submit', file, '--concurrency', '1']);
    expect(cutOff.exitCode).toBe(1);
    expect(cutOff.out).toContain('1 accepted, 0 refused, 2 left of 3');
    expect(cutOff.out).toContain('Cut off: the same command goes on from here.');
    gateway.reset();
    gateway.on('POST /v1/onboardings', () => accepted);
    const resumed = await cli.run(['submit', file, '--concurrency', '1']);
    expect([resumed.exitCode, sentIds()]).toEqual([0, ['b', 'c']]);
    expect(resumed.out).toContain('2 accepted, 1 accepted before, 0 refused of 3');
    expect(progressFiles()).toEqual([]);
    await cli.run(['submit', file, '--concurrency', '1']);
    expect(sentIds()).toEqual(['b', 'c', 'a', 'b', 'c']);
  });

  test('sends every line with another key, whatever was accepted from the one before', async () => {
    writeRequests('a', 'b');
    gateway.on('POST /v1/onboardings', (call) => (idOf(call) === 'b' ? 'cut' : accepted));
    await cli.run(['submit', file, '--concurrency', '1']);
    gateway.reset();
    gateway.on('POST /v1/onboardings', () => accepted);
    const env = { GATEWAY_URL: gateway.url, ONBOARD_API_KEY: 'onb_of_another_tenant' };
    const { exitCode } = await cli.run(['submit', file, '--concurrency', '1'], { env });
    expect([exitCode, sentIds()]).toEqual([0, ['a', 'b']]);
  });

  test('names the tenant for a key of every tenant, and sends every line for another tenant', async () => {
    writeRequests('a', 'b');
    gateway.on('POST /v1/onboardings', (call) => (idOf(call) === 'b' ? 'cut' : accepted));
    await cli.run(['submit', file, '--concurrency', '1', '--tenant', 'demo']);
    expect(gateway.calls[0]?.route).toBe('POST /v1/onboardings?tenantId=demo');
    gateway.reset();
    gateway.on('POST /v1/onboardings', () => accepted);
    await cli.run(['submit', file, '--concurrency', '1', '--tenant', 'a&b', '--dry-run']);
    await cli.run(['submit', file, '--concurrency', '1', '--tenant', 'a&b']);
    const [dryRun, real] = ['dryRun=true&tenantId=a%26b', 'tenantId=a%26b'];
    expect(gateway.calls.map(({ route }) => route.split('?')[1])).toEqual([dryRun, dryRun, real, real]);
  });

  test('stops where the tenant is not named and the key is of every tenant', async () => {
    writeRequests('a', 'b');
    const body = { code: 'parameter_invalid', detail: 'Name one.' };
    gateway.on('POST /v1/onboardings', () => ({ status: 400, body }));
    const { exitCode, out } = await cli.run(['submit', file, '--concurrency', '1']);
    expect([exitCode, sentIds()]).toEqual([1, ['a']]);
    expect(out).toContain('(400 parameter_invalid): Name one.');
  });

  test('keeps nothing of a request in its progress file', async () => {
    writeRequests('canary-id', 'b');
    gateway.on('POST /v1/onboardings', (call) => (idOf(call) === 'b' ? 'cut' : accepted));
    await cli.run(['submit', file, '--concurrency', '1']);
    const [name = ''] = progressFiles();
    expect(readFileSync(join(cli.root, '.onboarding/submit', name), 'utf8')).toMatch(/^[0-9a-f]{40}\n$/u);
  });

  test('keeps its progress in the folder of the run', async () => {
    const folder = join(cli.root, 'elsewhere');
    const other = new CliUnderTest({
      GATEWAY_URL: gateway.url,
      ONBOARD_API_KEY: 'onb_key',
      ONBOARDING_DIRECTORY: folder,
    });
    writeRequests('a', 'b');
    gateway.on('POST /v1/onboardings', (call) => (idOf(call) === 'b' ? 'cut' : accepted));
    await other.run(['submit', file, '--concurrency', '1']);
    expect(readdirSync(join(folder, 'submit'))).toHaveLength(2);
    expect(readdirSync(other.root)).toEqual([]);
    other.remove();
  });

  test('waits as long as Retry-After says and then sends the same request again', async () => {
    writeRequests('a');
    const busy = { status: 429, body: {}, headers: { 'retry-after': '3' } };
    gateway.on('POST /v1/onboardings', () => (gateway.calls.length < 3 ? busy : accepted));
    const { exitCode } = await cli.run(['submit', file]);
    expect([exitCode, sentIds(), cli.waits]).toEqual([0, ['a', 'a', 'a'], [3000, 3000]]);
  });

  test('stops at a key that is refused: the next line would be too', async () => {
    writeRequests('a', 'b', 'c');
    gateway.on('POST /v1/onboardings', () => ({ status: 401, body: { code: 'api_key_unknown' } }));
    const { exitCode, out } = await cli.run(['submit', file, '--concurrency', '1']);
    expect([exitCode, sentIds()]).toEqual([1, ['a']]);
    expect(out).toContain('(401 api_key_unknown): The API key is unknown or was revoked.');
  });

  test('goes on after a line at which the gateway fails for good', async () => {
    writeRequests('a', 'b');
    const broken = { status: 500, body: { code: 'internal_error' } };
    gateway.on('POST /v1/onboardings', (call) => (idOf(call) === 'a' ? broken : accepted));
    const { exitCode, out } = await cli.run(['submit', file, '--concurrency', '1']);
    expect([exitCode, new Set(sentIds())]).toEqual([1, new Set(['a', 'b'])]);
    expect(out).toContain('1 accepted, 0 refused, 1 failed of 2');
  });

  test('never has more requests under way than it may, and sends every line of a long file once', async () => {
    const ids = Array.from({ length: 300 }, (_, index) => `r-${String(index)}`);
    writeRequests(...ids);
    gateway.on('POST /v1/onboardings', () => accepted);
    const { exitCode, err } = await cli.run(['submit', file, '--concurrency', '16']);
    expect([exitCode, sentIds().sort()]).toEqual([0, ids.sort()]);
    expect(err.trim().split('\n')).toHaveLength(10);
  });

  test('rewrites one line on a terminal', async () => {
    writeRequests('a');
    gateway.on('POST /v1/onboardings', () => accepted);
    const { err } = await cli.run(['submit', file], { isTerminal: true });
    expect(err).toBe('\r\u001b[2K1 of 1 answered\r\u001b[2K');
  });

  test('refuses lines that are no JSON by their number, and sends the others', async () => {
    writeFileSync(file, 'nonsense\n[1]\n{"requestId":5,"request":{}}\n{"requestId":"d","request":{}}\n');
    gateway.on('POST /v1/onboardings', () => accepted);
    const { exitCode, out } = await cli.run(['submit', file]);
    expect([exitCode, sentIds()]).toEqual([1, ['d']]);
    expect(out).toContain('line 1  malformed_json: The line is not a JSON object.');
    expect(out).toContain('line 3  malformed_json: The line has no requestId beside its request.');
  });

  test('a dry run asks the gateway to judge only, and remembers nothing', async () => {
    writeRequests('a');
    gateway.on('POST /v1/onboardings?dryRun=true', () => ({ status: 200, body: { isValid: true } }));
    const { exitCode, out } = await cli.run(['submit', file, '--dry-run']);
    expect([exitCode, out]).toEqual([0, `${file}: 1 valid, 0 refused of 1\n`]);
  });

  test('with --json it says each outcome as JSON, without the request', async () => {
    writeRequests('a');
    gateway.on('POST /v1/onboardings', () => accepted);
    const { out } = await cli.run(['submit', file, '--json']);
    expect(JSON.parse(out)).toEqual({
      line: 1,
      requestId: 'a',
      isBare: false,
      verdict: 'accepted',
      onboardingId: 'o-1',
    });
  });

  test('says in a sentence what is wrong with the file, and exits with 2', async () => {
    const missing = await cli.run(['submit', join(cli.root, 'none.jsonl')]);
    expect([missing.exitCode, missing.err]).toEqual([2, expect.stringContaining('cannot be read')]);
    expect((await cli.run(['submit', cli.root])).exitCode).toBe(2);
    expect((await cli.run(['submit', file, '--concurrency', 'many'])).exitCode).toBe(2);
  });

  test('ends at Ctrl-C after what is under way, and says what is left', async () => {
    writeRequests('a', 'b', 'c');
    const stop = new AbortController();
    gateway.on('POST /v1/onboardings', () => {
      stop.abort();
      return accepted;
    });
    const { exitCode, out } = await cli.run(['submit', file, '--concurrency', '1'], { stopped: stop.signal });
    expect([exitCode, out]).toEqual([1, expect.stringContaining('1 accepted, 0 refused, 2 left of 3')]);
  });
});
