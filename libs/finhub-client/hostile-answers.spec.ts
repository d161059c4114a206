import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Call } from './call.js';
import { FinhubClient, type FinhubTenant } from './client.js';
import { FinhubFailure } from './failure.js';
import { employee } from './testing/applicants.js';
import { answer, jwt, LocalFinhub, type Respond } from './testing/local-finhub.js';

let finhub: LocalFinhub;
let client: FinhubClient;
let tenant: FinhubTenant;

beforeAll(async () => {
  finhub = await LocalFinhub.start();
});
afterAll(() => finhub.close());
beforeEach(() => {
  client = new FinhubClient([finhub.settings()]);
  tenant = client.tenant(finhub.settings().tenantId);
  finhub.received.length = 0;
  finhub.respond = (_, response) => answer(response, 200, {});
});
afterEach(() => client.close());

const raw =
  (text: string, isEnd = true): Respond =>
  (_, response) => {
    response.socket?.write(text);
    if (isEnd) response.socket?.end();
  };
const body =
  (text: string, status = 200, headers: Record<string, string> = {}): Respond =>
  (_, response) => {
    response.writeHead(status, headers).end(text);
  };
const added = '{"code":200,"data":{"individual":{"userId":"u-1"}}}';

/** What each hostile answer is for a call with an effect; a read that gets it is `not-done` with the same code. */
const hostile: readonly [title: string, respond: Respond, code: string, status: number | undefined][] = [
  ['an HTML page', body('<html><body>Welcome</body></html>', 200), 'unreadable_answer', 200],
  ['an empty body', body(''), 'unreadable_answer', 200],
  ['a JSON text cut off', body(added.slice(0, 30)), 'unreadable_answer', 200],
  ['a list for an envelope', body('[]'), 'unreadable_answer', 200],
  ['a bare payload', body('{"individual":{"userId":"u-1"}}'), 'unreadable_answer', 200],
  [
    'an envelope without what is needed',
    body('{"code":200,"data":{"employees":7}}'),
    'unreadable_answer',
    200,
  ],
  ['success: false without a reason', body('{"success":false,"data":{}}'), 'unreadable_answer', 200],
  ['no UTF-8', raw('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n\xff\xfe'), 'unreadable_answer', 200],
  ['10 MB', body(`{"code":200,"data":"${'x'.repeat(10_000_000)}"}`), 'unreadable_answer', 200],
  ['a compressed body', body('abc', 200, { 'Content-Encoding': 'gzip' }), 'unreadable_answer', 200],
  [
    'a body shorter than announced',
    raw('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"co'),
    'unreadable_answer',
    200,
  ],
  [
    'garbage for chunks',
    raw('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nZZZ\r\n{}'),
    'unreadable_answer',
    200,
  ],
  ['garbage for HTTP', raw('SSH-2.0-OpenSSH_9.6\r\n'), 'unreadable_answer', undefined],
  ['a redirect', body('', 302, { Location: '/elsewhere' }), 'unexpected_redirect', 302],
  ['a redirect with a good body', body(added, 307, { Location: '/elsewhere' }), 'unexpected_redirect', 307],
  ['500', body('{"code":500,"message":"x"}', 500), 'server_error', 500],
  ['a 502 page of a proxy', body('<html>Bad Gateway</html>', 502), 'server_error', 502],
  ['200 with a code of 503 inside', body('{"code":503,"message":"x"}'), 'server_error', 503],
  ['200 with a code of 600 inside', body(added.replace('200', '600')), 'unreadable_answer', 200],
  ['200 with a word for a code', body(added.replace('200', '"FAILED"')), 'unreadable_answer', 200],
  ['200 with an empty code', body(added.replace('200', '""')), 'unreadable_answer', 200],
  ['a 404 page of a proxy', body('<html>Not Found</html>', 404), 'unreadable_answer', 404],
  ['a 408', body('', 408), 'timed_out', 408],
];

describe('an answer that cannot be trusted', () => {
  it.each(hostile)('%s to a call with an effect is an unknown outcome', async (_, respond, code, status) => {
    finhub.respond = respond;
    const failure = await failureOf(tenant.addEmployee('org', employee));
    expect(failure).toMatchObject({ kind: 'unknown-outcome', code, endpoint: 'addEmployee' });
    expect(failure.status).toBe(status);
    expect(finhub.received).toHaveLength(1);
  });

  it.each(hostile)('%s to a read is not-done: it surely had no effect', async (_, respond, code) => {
    finhub.respond = respond;
    expect(await failureOf(tenant.employees('org'))).toMatchObject({ kind: 'not-done', code });
  });

  it('after it the next call works, on a connection that holds nothing of it', async () => {
    finhub.respond = raw('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n{}  HTTP/1.1 200 OK\r\n', false);
    await failureOf(tenant.addEmployee('org', employee));
    finhub.respond = body(added);
    expect(await tenant.addEmployee('org', employee)).toEqual({ userId: 'u-1' });
  });
});

describe('an answer that does not come', () => {
  const soon = (changes: Partial<Call> = {}): Call => ({
    signal: new AbortController().signal,
    timeLimitMs: 150,
    beforeSend: () => undefined,
    ...changes,
  });

  it('a hang ends at the time limit, with an unknown outcome', async () => {
    await tenant.categories().catch(() => undefined);
    finhub.respond = () => undefined;
    const failure = await failureOf(tenant.addEmployee('org', employee, soon()));
    expect(failure).toMatchObject({ kind: 'unknown-outcome', code: 'timed_out' });
  });

  it('a body that drips ends at the time limit, with an unknown outcome', async () => {
    finhub.respond = (_, response) => {
      response.writeHead(200, { 'Content-Length': '1000' });
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
    };
    const failure = await failureOf(tenant.addEmployee('org', employee, soon()));
    expect(failure).toMatchObject({ kind: 'unknown-outcome', code: 'timed_out', status: 200 });
  });

  it('a reset after the write is an unknown outcome', async () => {
    finhub.respond = (_, response) => response.socket?.resetAndDestroy();
    const failure = await failureOf(tenant.addEmployee('org', employee));
    expect(failure).toMatchObject({ kind: 'unknown-outcome', code: 'connection_lost' });
    expect(finhub.received).toHaveLength(1);
  });

  it('a call that is given up after the write is an unknown outcome', async () => {
    const abort = new AbortController();
    finhub.respond = () => abort.abort();
    const failure = await failureOf(
      tenant.addEmployee('org', employee, soon({ signal: abort.signal, timeLimitMs: 5000 })),
    );
    expect(failure).toMatchObject({ kind: 'unknown-outcome', code: 'timed_out' });
  });

  it('a call that is given up before the write is not-done, and FinHub never sees it', async () => {
    const failure = await failureOf(
      tenant.addEmployee('org', employee, soon({ signal: AbortSignal.abort() })),
    );
    expect(failure).toMatchObject({ kind: 'not-done', code: 'call_aborted' });
    expect(finhub.received).toHaveLength(0);
  });

  it('a refused connection is not-done', async () => {
    const gone = await LocalFinhub.start();
    const settings = gone.settings();
    const away = new FinhubClient([settings]);
    const nobody = away.tenant(settings.tenantId);
    gone.respondToLogin = (_, response) => {
      response.setHeader('Connection', 'close');
      answer(response, 200, { token: jwt({ lifetimeS: 3600 }) });
    };
    gone.respond = gone.respondToLogin;
    await nobody.categories().catch(() => undefined);
    await gone.close();
    const failure = await failureOf(nobody.addEmployee('org', employee));
    expect(failure).toMatchObject({ kind: 'not-done', code: 'connection_refused' });
    await away.close();
  });

  it('a call that waits for a connection beyond its time limit is not-done, and is never written later', async () => {
    const narrow = new FinhubClient([finhub.settings()], { connections: 1 });
    const only = narrow.tenant(finhub.settings().tenantId);
    await only.categories().catch(() => undefined);
    finhub.received.length = 0;
    const releases: (() => void)[] = [];
    finhub.respond = (_, response) =>
      releases.push(() => answer(response, 200, { individual: { userId: 'u-1' } }));
    const first = only.addEmployee('org', employee);
    const late = await failureOf(only.addEmployee('org', employee, soon()));
    expect(late).toMatchObject({ kind: 'not-done', code: 'timed_out' });
    releases.forEach((release) => release());
    await first;
    finhub.respond = (_, response) => answer(response, 200, { employees: [] });
    await only.employees('org');
    expect(finhub.received.map((request) => request.method)).toEqual(['POST', 'GET']);
    await narrow.close();
  });
});

describe('beforeSend', () => {
  const call = (beforeSend: () => void): Call => ({
    signal: new AbortController().signal,
    timeLimitMs: 5_000,
    beforeSend,
  });

  it('is called once for each request that is written, after the session is there', async () => {
    finhub.respond = body(added);
    const seen: number[] = [];
    await tenant.addEmployee(
      'org',
      employee,
      call(() => seen.push(finhub.logins)),
    );
    expect(seen).toEqual([finhub.logins]);
  });

  it('keeps the request off the socket by throwing, and what it throws comes back as it is', async () => {
    await tenant.categories().catch(() => undefined);
    finhub.received.length = 0;
    const refusal = new Error('the lease is too short');
    const refuse = () => {
      throw refusal;
    };
    await expect(tenant.addEmployee('org', employee, call(refuse))).rejects.toBe(refusal);
    finhub.respond = (_, response) => answer(response, 200, { employees: [] });
    await tenant.employees('org');
    expect(finhub.received.map((request) => request.method)).toEqual(['GET']);
  });
});

async function failureOf(call: Promise<unknown>): Promise<FinhubFailure> {
  const error = await call.then(
    () => new Error('the call succeeded'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof FinhubFailure)) throw error;
  return error;
}
