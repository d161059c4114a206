import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { World, type RunningGateway } from '../testing/world.js';

interface Operation {
  readonly summary?: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly { readonly name: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
  readonly responses: Readonly<Record<string, object>>;
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

let world: World;
let gateway: RunningGateway;

beforeAll(async () => {
  world = await World.open();
  gateway = await world.start();
}, 60_000);

afterAll(async () => {
  await gateway.stop();
  await world.close();
});

async function description(): Promise<Description> {
  return JSON.parse((await gateway.call('GET', '/docs/openapi.json')).text) as Description;
}

test('the page at /docs loads nothing from elsewhere, and all that it names is there', async () => {
  const page = await gateway.call('GET', '/docs');
  expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'self';/u);
  const links = [...page.text.matchAll(/(?:src|href)="([^"]+)"/gu)].map(([, link]) => link ?? '');
  expect(links.length).toBeGreaterThan(3);
  for (const link of links) {
    expect(link).toMatch(/^\.\/docs\//u);
    expect((await gateway.call('GET', link.slice(1))).status).toBe(200);
  }
});

test('every route is described: what it is for, its parameters, what it answers, who may call it', async () => {
  const { paths } = await description();
  expect(Object.keys(paths)).toHaveLength(17);
  for (const [path, operations] of Object.entries(paths))
    for (const [method, operation] of Object.entries(operations)) {
      const names = [...path.matchAll(/\{(\w+)\}/gu)].map(([, name]) => name);
      expect([method, path, operation.summary?.length ?? 0]).not.toEqual([method, path, 0]);
      expect(operation.parameters?.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
      const isPublic = path.startsWith('/webhooks/');
      expect([path, operation.security?.length ?? 0]).toEqual([path, isPublic ? 0 : 1]);
    }
});

test('a request is described by the schema that judges it', async () => {
  const { post } = (await description()).paths['/v1/onboardings'] ?? {};
  const text = JSON.stringify(post?.requestBody);
  for (const field of ['requestId', 'placeOfBirth', 'ownershipPercentage', 'FINANCIAL_STATEMENTS'])
    expect(text).toContain(field);
  expect(Object.keys(post?.responses ?? {})).toEqual([
    '200',
    '202',
    '401',
    '403',
    '409',
    '410',
    '413',
    '415',
    '422',
    '503',
  ]);
});

test('an address that is none gets problem details, and no answer says what serves it', async () => {
  const answer = await gateway.call('GET', '/v1/nothing');
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    404,
    'application/problem+json; charset=utf-8',
  ]);
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  expect(answer.headers.get('x-powered-by')).toBeNull();
});
