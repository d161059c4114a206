import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { FakeGateway } from '#gateway-client/testing/fake-gateway.js';
import { CliUnderTest } from './testing/run-cli.js';

const gateway = new FakeGateway();
let cli: CliUnderTest;

beforeAll(() => gateway.start());
afterAll(() => gateway.stop());
beforeEach(() => {
  gateway.reset();
  cli = new CliUnderTest({ GATEWAY_URL: gateway.url, ONBOARD_API_KEY: 'onb_key' });
});
afterEach(() => {
  cli.remove();
});

const id = '3f0c5c2e-7a51-4f43-9a0f-0d3c1d8f2b11';
const commands = `/v1/ops/onboardings/${id}/commands`;
const known = { onboardingId: id, tenantId: 'demo', requestId: 'r-1', applicantKind: 'individual' };
const bodyOf = (route: string): unknown => gateway.calls.find((call) => call.route === route)?.body;

/** The gateway takes commands; the answer is there at the second look. */
function answerCommands(report: object): void {
  let looks = 0;
  gateway.on(`POST ${commands}`, ({ body }) => ({
    status: 202,
    body: { commandId: (body as { commandId: string }).commandId },
  }));
  gateway.on(`GET ${commands}/`, () => ({
    status: 200,
    body: (looks += 1) < 2 ? { status: 'pending' } : report,
  }));
}

describe('onboard status', () => {
  test('tells where it stands, why, and what to do about it', async () => {
    const parked = {
      ...known,
      state: 'parked',
      stage: 'registration',
      code: 'in_doubt',
      step: 'register',
      attempts: 1,
    };
    const timeline = [
      { at: '2030-01-01T00:00:00Z', stage: 'registration', what: 'parked', code: 'in_doubt' },
    ];
    gateway.on(`GET /v1/onboardings/${id}`, () => ({ status: 200, body: { ...parked, timeline } }));
    const { exitCode, out } = await cli.run(['status', id]);
    expect(exitCode).toBe(0);
    expect(out).toContain('parked at registration: in_doubt');
    expect(out).toContain('onboard resolve ID --step S');
    expect(out).toContain('2030-01-01T00:00:00Z  registration  parked');
  });

  test("finds it by the upstream's request id", async () => {
    gateway.on('GET /v1/onboardings?requestId=r-1', () => ({
      status: 200,
      body: { ...known, state: 'admitted' },
    }));
    const { out } = await cli.run(['status', '--request-id', 'r-1', '--json']);
    expect(JSON.parse(out)).toEqual({ ...known, state: 'admitted' });
  });

  test('watches until it is at rest, says each change once, and exits with 0 when it is activated', async () => {
    const states = ['admitted', 'in_progress', 'in_progress', 'activated'];
    gateway.on(`GET /v1/onboardings/${id}`, () => ({
      status: 200,
      body: { ...known, state: states[gateway.calls.length - 1], iban: 'LT001' },
    }));
    const { exitCode, out, err } = await cli.run(['status', id, '--watch']);
    expect([exitCode, err]).toEqual([0, 'admitted\nin_progress\nactivated\n']);
    expect(out).toContain('LT001');
  });

  test('exits with 1 when what it watches is rejected', async () => {
    const rejected = { ...known, state: 'rejected', code: 'verification_rejected' };
    gateway.on(`GET /v1/onboardings/${id}`, () => ({ status: 200, body: rejected }));
    expect((await cli.run(['status', id, '--watch'])).exitCode).toBe(1);
  });

  test('ends to watch what is forgotten, and says so', async () => {
    const detail = 'Admitted long ago; its history is no longer kept.';
    const forgotten = { ...known, state: 'forgotten', detail };
    gateway.on(`GET /v1/onboardings/${id}`, () => ({ status: 200, body: forgotten }));
    const { exitCode, out } = await cli.run(['status', id, '--watch']);
    expect([exitCode, gateway.calls.length]).toEqual([1, 1]);
    expect(out).toContain(detail);
  });

  test('names the tenant for a key of every tenant', async () => {
    gateway.on('GET /v1/onboardings', () => ({ status: 200, body: { ...known, state: 'forgotten' } }));
    await cli.run(['status', id, '--tenant', 'demo']);
    await cli.run(['status', '--request-id', 'r-1', '--tenant', 'demo']);
    expect(gateway.calls.map(({ route }) => route)).toEqual([
      `GET /v1/onboardings/${id}?tenantId=demo`,
      'GET /v1/onboardings?requestId=r-1&tenantId=demo',
    ]);
  });

  test('an id that nobody knows is one sentence and exit code 1', async () => {
    gateway.on('GET /v1/onboardings/', () => ({ status: 404, body: { code: 'onboarding_unknown' } }));
    const { exitCode, err } = await cli.run(['status', '../../etc/passwd']);
    expect([exitCode, gateway.calls[0]?.route]).toEqual([1, 'GET /v1/onboardings/..%2F..%2Fetc%2Fpasswd']);
    expect(err).toBe(
      'The gateway refused (404 onboarding_unknown): There is no such onboarding for this API key.\n',
    );
  });
});

describe('the commands of ops', () => {
  test.each(['replay', 'cancel', 'pause', 'resume', 'approve'])(
    '%s gives its command with the reason',
    async (command) => {
      answerCommands({ status: 'applied', stage: 'registration' });
      const { exitCode, out } = await cli.run([command, id, '--why', 'FinHub is back']);
      expect([exitCode, out]).toEqual([0, `${command} applied by registration\n`]);
      expect(bodyOf(`POST ${commands}`)).toEqual({
        command,
        why: 'FinHub is back',
        commandId: expect.any(String),
      });
    },
  );

  test('a refused command says why and exits with 1', async () => {
    answerCommands({ status: 'refused', code: 'not_parked', stage: 'consent' });
    const { exitCode, out } = await cli.run(['replay', id]);
    expect([exitCode, out]).toEqual([
      1,
      'replay refused by consent (not_parked): The onboarding is not parked.\n',
    ]);
  });

  test('a command that nobody answers in time says so, with its id', async () => {
    answerCommands({ status: 'pending' });
    const { exitCode, err } = await cli.run(['pause', id, '--time-limit', '2']);
    expect([exitCode, err]).toEqual([
      1,
      expect.stringMatching(/^No stage has answered pause \(command [0-9a-f-]{36}\) yet/u),
    ]);
  });

  test('a command whose answer was lost is sent again under the same id', async () => {
    answerCommands({ status: 'applied' });
    gateway.on(`POST ${commands}`, () =>
      gateway.calls.length < 2 ? 'cut' : { status: 202, body: { commandId: id } },
    );
    await cli.run(['replay', id]);
    const [first, second] = gateway.calls;
    expect(first?.body).toEqual(second?.body);
  });

  test('correct puts the value into the vault and gives the command its id only', async () => {
    answerCommands({ status: 'applied' });
    gateway.on(`POST /v1/ops/onboardings/${id}/corrections`, () => ({
      status: 201,
      body: { correctionId: 'c-1' },
    }));
    const { exitCode } = await cli.run(['correct', id, '--set', '/individual/phone=+370=1']);
    expect(exitCode).toBe(0);
    expect(gateway.calls[0]?.body).toEqual({ pointer: '/individual/phone', value: '+370=1' });
    expect(bodyOf(`POST ${commands}`)).toMatchObject({
      command: 'correct',
      pointer: '/individual/phone',
      correctionId: 'c-1',
    });
    expect(JSON.stringify(bodyOf(`POST ${commands}`))).not.toContain('+370');
  });

  test('resolve says what happened, with the result', async () => {
    answerCommands({ status: 'applied' });
    await cli.run(['resolve', id, '--step', 'register', '--happened', '--result', '{"customerId":"c"}']);
    expect(bodyOf(`POST ${commands}`)).toMatchObject({
      step: 'register',
      hasHappened: true,
      result: { customerId: 'c' },
    });
  });

  test.each([
    ['neither', []],
    ['both', ['--happened', '--did-not-happen']],
    ['a result of what did not happen', ['--did-not-happen', '--result', '{}']],
    ['a result that is no object', ['--happened', '--result', '5']],
    ['a result that is no JSON', ['--happened', '--result', '{']],
  ])('resolve with %s is wrong usage, and nothing is sent', async (_title, options) => {
    const { exitCode, err } = await cli.run(['resolve', id, '--step', 'register', ...options]);
    expect([exitCode, gateway.calls, err.trim().split('\n')]).toEqual([2, [], [expect.any(String)]]);
  });

  test.each(['phone=1', '/individual/phone', '/a={'])('correct with --set %s is wrong usage', async (set) => {
    expect((await cli.run(['correct', id, '--set', set])).exitCode).toBe(2);
  });

  test('erase answers with a list of places and what was found there', async () => {
    answerCommands({ status: 'applied' });
    const timeline = [
      { at: 't', stage: 'consent', what: 'erased', places: [{ place: 'vault.request', found: '1 record' }] },
    ];
    gateway.on(`GET /v1/onboardings/${id}`, () => ({
      status: 200,
      body: { ...known, state: 'erased', timeline },
    }));
    const { exitCode, out } = await cli.run(['erase', id, '--why', 'asked for']);
    expect([exitCode, out]).toEqual([0, 'erase applied\nPLACE          FOUND\nvault.request  1 record\n']);
  });

  test('names the tenant for a key of every tenant, in each of its calls', async () => {
    answerCommands({ status: 'applied' });
    const erased = { at: 't', stage: 'consent', what: 'erased', places: [] };
    const body = { ...known, state: 'erased', timeline: [erased] };
    gateway.on(`GET /v1/onboardings/${id}`, () => ({ status: 200, body }));
    gateway.on(`POST /v1/ops/onboardings/${id}/hold`, () => ({ status: 204 }));
    await cli.run(['erase', id, '--tenant', 'demo']);
    await cli.run(['hold', id, '--why', 'a court', '--tenant', 'demo']);
    expect(gateway.calls.length).toBeGreaterThan(3);
    for (const { route } of gateway.calls) expect(route).toMatch(/\?tenantId=demo$/u);
  });

  test('hold and release answer in a word', async () => {
    gateway.on(`POST /v1/ops/onboardings/${id}/`, () => ({ status: 204 }));
    expect(await cli.run(['hold', id, '--why', 'a court'])).toEqual({ exitCode: 0, out: 'held\n', err: '' });
    expect(await cli.run(['release', id])).toEqual({ exitCode: 0, out: 'released\n', err: '' });
    expect(gateway.calls[0]?.body).toEqual({ why: 'a court' });
  });
});

describe('the lists of parked work', () => {
  const parked = {
    ...known,
    state: 'parked',
    stage: 'registration',
    code: 'in_doubt',
    step: 'register',
    attempts: 2,
  };

  test('parked shows reason, step, attempts and last answer, over all pages', async () => {
    const first = {
      items: [{ ...parked, lastAnswer: { status: 503, excerpt: 'Busy' } }],
      nextCursor: 'more',
    };
    gateway.on('GET /v1/ops/parked?limit=500', () => ({ status: 200, body: first }));
    gateway.on('GET /v1/ops/parked?limit=499&cursor=more', () => ({
      status: 200,
      body: { items: [parked] },
    }));
    const { exitCode, out } = await cli.run(['parked', '--limit', '500']);
    expect(exitCode).toBe(0);
    expect(out.split('\n')[1]).toBe(`${id}  r-1      in_doubt  registration  register  2         503 Busy`);
    expect(out.trim().split('\n')).toHaveLength(3);
  });

  test('--json gives the items as they are, and says on the side that there are more', async () => {
    gateway.on('GET /v1/ops/parked', () => ({ status: 200, body: { items: [parked], nextCursor: 'x' } }));
    const { out, err } = await cli.run(['parked', '--json', '--limit', '1']);
    expect([JSON.parse(out), err]).toEqual([[parked], 'There are more; --limit shows them.\n']);
  });

  test('dead letters show where they came from; none is a sentence', async () => {
    const letter = {
      id: 'l-1',
      at: 't',
      topic: 'onboarding.requested.v1',
      partition: 0,
      offset: '42',
      consumer: 'registration',
      reason: 'not_json',
      bytes: 12,
    };
    gateway.on('GET /v1/ops/dead-letters', () => ({
      status: 200,
      body: { items: gateway.calls.length > 1 ? [] : [letter] },
    }));
    expect((await cli.run(['dead-letters'])).out).toContain('onboarding.requested.v1/0@42');
    expect((await cli.run(['dead-letters'])).out).toBe('There are no dead letters.\n');
  });

  test('a dead letter is its sealed record alone, so that it can be piped to who opens it', async () => {
    gateway.on('GET /v1/ops/dead-letters/l-1', () => ({ status: 200, body: { id: 'l-1', sealed: 'a.b.c' } }));
    expect(await cli.run(['dead-letter', 'l-1'])).toEqual({ exitCode: 0, out: 'a.b.c\n', err: '' });
  });

  test('what others wrote cannot move the cursor of the terminal', async () => {
    const hostile = { ...parked, lastAnswer: { excerpt: '\u001b[2J\u202eevil' } };
    gateway.on('GET /v1/ops/parked', () => ({ status: 200, body: { items: [hostile] } }));
    expect((await cli.run(['parked'])).out).not.toMatch(/[\u001b\u202e]/u);
  });
});

describe('keys', () => {
  test('create gives the key alone on the output, so that it can be piped', async () => {
    const created = { key: 'onb_x', name: 'ci', tenantId: 'demo', scopes: ['submit', 'read'] };
    gateway.on('POST /v1/ops/keys', () => ({ status: 201, body: created }));
    const { out } = await cli.run([
      'keys',
      'create',
      '--tenant',
      'demo',
      '--name',
      'ci',
      '--scopes',
      'submit, read',
    ]);
    expect([out, gateway.calls[0]?.body]).toEqual([
      'onb_x\n',
      { tenantId: 'demo', name: 'ci', scopes: ['submit', 'read'] },
    ]);
  });

  test('list and revoke', async () => {
    const key = { id: 'k', tenantId: 'demo', name: 'ci', scopes: ['read'], createdAt: 't', revokedAt: null };
    gateway.on('GET /v1/ops/keys?tenantId=demo', () => ({ status: 200, body: { items: [key] } }));
    gateway.on('DELETE /v1/ops/keys/k', () => ({ status: 204 }));
    expect((await cli.run(['keys', 'list', '--tenant', 'demo'])).out).toContain('k   demo');
    expect((await cli.run(['keys', 'revoke', 'k'])).out).toBe('revoked\n');
  });
});

describe('settings and usage', () => {
  test('the file that `npm start` writes is used where the environment names nothing', async () => {
    const fresh = new CliUnderTest({});
    mkdirSync(join(fresh.root, '.onboarding'));
    writeFileSync(
      join(fresh.root, '.onboarding/cli.json'),
      JSON.stringify({ gatewayUrl: gateway.url, apiKey: 'onb_file' }),
    );
    gateway.on('GET /v1/ops/parked', () => ({ status: 200, body: { items: [] } }));
    expect(await fresh.run(['parked'])).toEqual({ exitCode: 0, out: 'Nothing is parked.\n', err: '' });
    expect(gateway.calls[0]?.authorization).toBe('Bearer onb_file');
    fresh.remove();
  });

  test('what belongs to no tenant is asked with the key of every tenant, from the folder of the run', async () => {
    const folder = join(cli.root, 'elsewhere');
    mkdirSync(folder);
    writeFileSync(
      join(folder, 'cli.json'),
      JSON.stringify({ gatewayUrl: gateway.url, apiKey: 'onb_one', everyTenantApiKey: 'onb_all' }),
    );
    const other = new CliUnderTest({ ONBOARDING_DIRECTORY: folder });
    gateway.on('GET /v1/ops/', () => ({ status: 200, body: { items: [] } }));
    await other.run(['parked']);
    await other.run(['dead-letters']);
    expect(gateway.calls.map(({ authorization }) => authorization)).toEqual([
      'Bearer onb_one',
      'Bearer onb_all',
    ]);
    other.remove();
  });

  test.each([
    ['no settings', {}, 'It is not known where the gateway is.'],
    ['no key', { GATEWAY_URL: 'http://127.0.0.1:1' }, 'There is no API key'],
    ['no address', { GATEWAY_URL: 'gateway', ONBOARD_API_KEY: 'k' }, 'is no http:// or https:// address'],
    [
      'a key with a line break',
      { GATEWAY_URL: 'http://127.0.0.1:1', ONBOARD_API_KEY: 'k\nx' },
      'has characters that no key has',
    ],
    [
      'nobody there',
      { GATEWAY_URL: 'http://127.0.0.1:1', ONBOARD_API_KEY: 'k' },
      'does not answer (ECONNREFUSED)',
    ],
  ])('%s is one sentence with the remedy', async (_title, env, sentence) => {
    const other = new CliUnderTest(env);
    const { exitCode, err } = await other.run(['parked']);
    expect([exitCode, err.trim().split('\n')]).toEqual([1, [expect.stringContaining(sentence)]]);
    other.remove();
  });

  test('an answer of something else than the gateway is one sentence', async () => {
    gateway.on('GET /v1/ops/parked', () => ({ status: 200, body: '<html>' }));
    expect((await cli.run(['parked'])).err).toContain('is no gateway of this version');
  });

  test.each([
    [[]],
    [['nonsense']],
    [['status']],
    [['status', id, '--request-id', 'x']],
    [['replay']],
    [['hold', id]],
  ])('wrong usage %j exits with 2 and sends nothing', async (args) => {
    expect([(await cli.run(args)).exitCode, gateway.calls]).toEqual([2, []]);
  });

  test('help names the exit codes and exits with 0', async () => {
    const { exitCode, out } = await cli.run(['--help']);
    expect([exitCode, out]).toEqual([0, expect.stringContaining('Exit codes: 0 done')]);
  });
});
