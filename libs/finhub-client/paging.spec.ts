import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FinhubClient, type FinhubTenant } from './client.js';
import { answer, LocalFinhub, tenantUuid } from './testing/local-finhub.js';

let finhub: LocalFinhub;
let client: FinhubClient;
let tenant: FinhubTenant;

beforeAll(async () => {
  finhub = await LocalFinhub.start();
  client = new FinhubClient([finhub.settings()]);
  tenant = client.tenant(tenantUuid);
});
afterAll(async () => {
  await client.close();
  await finhub.close();
});

const everybody = Array.from({ length: 45 }, (_, n) => ({ employeeId: `e-${n}`, email: `e${n}@a.test` }));

/** Answers page by page; `obeys` says whether the server knows the names of the parameters. */
function serve(entries: readonly object[], { name = 'employees', hasTotal = true, obeys = true } = {}): void {
  finhub.received.length = 0;
  finhub.respond = ({ path }, response) => {
    const query = new URL(path, 'http://finhub.test').searchParams;
    const page = obeys ? Number(query.get('page') ?? 0) : 0;
    const size = Number(query.get('size') ?? 20);
    const pagination = hasTotal ? { pagination: { total: entries.length, page, size: 20 } } : {};
    answer(response, 200, { [name]: entries.slice(page * size, (page + 1) * size), ...pagination });
  };
}

describe('a list of FinHub’s', () => {
  it('is read to its last page', async () => {
    serve(everybody);
    expect(await tenant.employees('o-1')).toHaveLength(45);
    expect(finhub.received).toHaveLength(3);
  });

  it('of webhook subscriptions is read to its last page too: ours may be on it', async () => {
    const others = everybody.map((_, n) => ({ webhookId: `w-${n}`, url: `https://a.test/${n}`, events: [] }));
    serve(others, { name: 'subscriptions' });
    expect(await tenant.subscriptions()).toHaveLength(45);
    serve(others.slice(0, 21), { name: 'subscriptions', hasTotal: false });
    expect(await tenant.subscriptions()).toHaveLength(21);
  });

  it('of one page is one call, without parameters', async () => {
    serve(everybody.slice(0, 3));
    expect(await tenant.employees('o-1')).toHaveLength(3);
    expect(finhub.received.map(({ path }) => path)).toEqual([
      '/api/v2.1/customer/organization/o-1/employees',
    ]);
  });

  it('without a total is read until a page is not full', async () => {
    serve(everybody, { hasTotal: false });
    expect(await tenant.employees('o-1')).toHaveLength(45);
    serve(everybody.slice(0, 7), { hasTotal: false });
    expect(await tenant.employees('o-1')).toHaveLength(7);
  });

  it('whose pagination stands beside the data is read to its last page', async () => {
    const [first, second] = [everybody.slice(0, 1), everybody.slice(1, 2)];
    finhub.respond = ({ path }, response) => {
      const employees = path.includes('page=1') ? second : first;
      const pagination = { total: 2, page: 0, size: 1 };
      response.end(JSON.stringify({ code: 200, data: { employees }, pagination }));
    };
    expect(await tenant.employees('o-1')).toHaveLength(2);
  });

  it('that has no pages at all is read once more and is complete then', async () => {
    finhub.received.length = 0;
    finhub.respond = (_, response) => answer(response, 200, { employees: everybody });
    expect(await tenant.employees('o-1')).toHaveLength(45);
    expect(finhub.received).toHaveLength(2);
  });

  it('may be the data itself', async () => {
    finhub.respond = (_, response) => answer(response, 200, everybody.slice(0, 2));
    expect(await tenant.employees('o-1')).toHaveLength(2);
  });

  it.each([
    ['ends before its total', () => serve(everybody, { obeys: false })],
    ['has an entry without an id', () => serve([{ email: 'x@a.test' }])],
    ['is no list', () => void (finhub.respond = (_, response) => answer(response, 200, { employees: null }))],
  ])('that %s is unreadable, never short: nobody is taken for absent', async (_, prepare) => {
    prepare();
    const unreadable = { kind: 'not-done', code: 'unreadable_answer' };
    await expect(tenant.employees('o-1')).rejects.toMatchObject(unreadable);
  });
});
