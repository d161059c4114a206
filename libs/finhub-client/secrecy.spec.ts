import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FinhubClient, type FinhubTenant } from './client.js';
import { FinhubFailure } from './failure.js';
import * as applicants from './testing/applicants.js';
import { LocalFinhub, tenantUuid, type Received } from './testing/local-finhub.js';

const password = 'Secret-Canary-Pass-01';
const origin = { ipAddress: '203.0.113.77', userAgent: 'Canarybrowser/9' };
const category = { id: 'cat-1', name: 'Individual Standard' };
const { individual, organization, employee } = applicants;

/** What must never show: each personal value and secret, and the longer words of names. */
const canaries = [
  ...Object.values({ ...individual, ...individual.address, gender: '', country: '', nationality: '' }),
  ...Object.values({ ...organization, ...organization.address, country: '' }),
  ...Object.values(employee.person).filter((value) => value.length > 4),
  ...[
    'Petrait',
    'Onut',
    'Kanar',
    'Canarybrowser',
    '203.0.113',
    'Admin-Password',
    'tenant-secret',
    'tenant-key',
  ],
  ...[password, 'eyJ', 'canary@', '60012345'],
].filter((value): value is string => typeof value === 'string' && value !== '');

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

/** Ways in which a server gives back what it was sent. */
const echoes: readonly [how: string, status: number, echo: (request: Received) => string][] = [
  ['in the message', 400, ({ body, headers }) => envelope(`invalid: ${body} ${JSON.stringify(headers)}`)],
  ['in upper case', 400, ({ body }) => envelope(body.toUpperCase())],
  ['as fields of its own', 409, ({ body }) => `{"code":409,"data":{"customer":${body}}}`],
  [
    'as errors',
    400,
    ({ body }) => JSON.stringify({ code: 400, data: { errors: valuesOf(body).map(asError) } }),
  ],
  ['escaped', 500, ({ body }) => envelope(body).replaceAll(/[^\x20-\x7e]/gu, escapeUnit)],
  ['cut off', 200, ({ body }) => `{"code":200,"data":${body.slice(0, -20)}`],
  ['in a page', 502, ({ body, headers }) => `<html>${body} ${headers.authorization ?? ''}</html>`],
];

describe('a failure shows neither personal data nor secrets', () => {
  it.each(echoes)('when the server gives the request back %s', async (_, status, echo) => {
    finhub.respond = (request, response) => response.writeHead(status).end(echo(request));
    const failures = await Promise.all([
      failureOf(tenant.registerIndividual({ individual, password, category, origin })),
      failureOf(tenant.registerOrganization({ organization, password, category, origin })),
      failureOf(tenant.addEmployee('o-1', employee)),
    ]);
    for (const failure of failures) expectNoCanary(failure);
  });

  it('when a list has another shape and is full of people', async () => {
    const people = [{ name: individual.firstName, email: individual.email, iban: 'LT121000011101001000' }];
    finhub.respond = (_, response) => response.end(JSON.stringify({ code: 200, data: { people } }));
    const failure = await failureOf(tenant.employees('o-1'));
    expectNoCanary(failure);
    expect(failure.excerpt).toBe('{"code":200,"data":{"***":[{"name":"…","email":"…","iban":"…"}]}}');
  });

  it('when the server names somebody of whom the request says nothing', async () => {
    const details = `Director ${employee.person.firstName} ${employee.person.lastName} is not verified`;
    finhub.respond = (_, response) =>
      response.writeHead(422).end(JSON.stringify({ code: 422, data: { details } }));
    const activation = { customerId: 'c-1', email: 'somebody@example.test', code: 'mailed-1' };
    const failure = await failureOf(tenant.activateIndividual(activation));
    expectNoCanary(failure);
    expect(failure.excerpt).toBe('{"code":422,"data":{"details":"Director *** *** is not verified"}}');
  });

  it('when the login is refused', async () => {
    const other = new FinhubClient([finhub.settings()]);
    const asBefore = finhub.respondToLogin;
    finhub.respondToLogin = ({ body }, response) => response.writeHead(401).end(envelope(body));
    expectNoCanary(await failureOf(other.tenant(tenantUuid).employees('o-1')));
    finhub.respondToLogin = asBefore;
    await other.close();
  });
});

function expectNoCanary(failure: FinhubFailure): void {
  const shown = inspect(failure, { depth: 10, showHidden: true }).toLowerCase();
  expect(failure.excerpt?.length ?? 0).toBeLessThanOrEqual(300);
  expect(canaries.filter((canary) => shown.includes(canary.toLowerCase()))).toEqual([]);
}

async function failureOf(call: Promise<unknown>): Promise<FinhubFailure> {
  const error: unknown = await call.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(FinhubFailure);
  return error as FinhubFailure;
}

function envelope(message: string): string {
  return JSON.stringify({ code: 400, message });
}

function valuesOf(body: string): unknown[] {
  return Object.values(JSON.parse(body) as object);
}

function asError(value: unknown, index: number): object {
  return { field: `field-${index}`, message: `wrong: ${String(value)}` };
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
