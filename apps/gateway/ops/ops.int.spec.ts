import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Pool } from 'pg';
import { onboardingCommand } from '#contracts/commands.js';
import { parseEvent } from '#contracts/envelope.js';
import { onboardingIdOf } from '#contracts/onboarding-id.js';
import { individualRequestExample as request } from '#contracts/request-examples.js';
import { Vault } from '#vault/vault.js';
import { World, type RunningGateway, type Sending } from '../testing/world.js';

let world: World;
let gateway: RunningGateway;
let ops: string;
let id: string;

beforeAll(async () => {
  world = await World.open();
  gateway = await world.start();
  ops = await world.key(['ops', 'submit']);
  id = onboardingIdOf(world.tenantId, 'r-1');
  await gateway.call('POST', '/v1/onboardings', { key: ops, json: { requestId: 'r-1', request } });
}, 60_000);

beforeEach(() => {
  world.trackerAnswers = () => ({ status: 404 });
});

afterAll(async () => {
  await gateway.stop();
  await world.close();
});

const post = (path: string, json: unknown, sending: Sending = {}) =>
  gateway.call('POST', `/v1/ops/onboardings/${id}/${path}`, { key: ops, json, ...sending });
const get = (path: string, key = ops) => gateway.call('GET', `/v1/ops/${path}`, { key });
const published = (commandId: string) =>
  world
    .published('onboarding.command.v1', id)
    .then((commands) => commands.find((command) => command.id === commandId));

const resolved = (result: object) => ({
  command: 'resolve',
  why: 'x',
  step: 'register',
  hasHappened: true,
  result,
});

describe('commands', () => {
  test.each([
    [{ command: 'replay' }],
    [{ command: 'cancel' }],
    [{ command: 'pause' }],
    [{ command: 'resume' }],
    [{ command: 'approve' }],
    [{ command: 'erase' }],
    [{ command: 'look-again' }],
    [{ command: 'resolve', step: 'register', hasHappened: true, result: { customerId: 'c-1' } }],
    [{ command: 'correct', pointer: '/individual/phone', correctionId: randomUUID() }],
  ])('%j is on Kafka, with who and why, before it is answered', async (json) => {
    const answer = await post('commands', { ...json, why: 'because' });
    expect(answer.status).toBe(202);
    const command = await published(answer.json.commandId);
    const event = parseEvent(Buffer.from(command?.text ?? ''), onboardingCommand);
    expect(event.data).toMatchObject({ ...json, why: 'because', by: expect.stringMatching(/^key-/u) });
    expect(event).toMatchObject({ stage: 'gateway', tenantId: world.tenantId, requestId: 'r-1' });
    expect(event.sequence).toBeUndefined();
  });

  test.each([
    ['an unknown command', { command: 'restart', why: 'x' }],
    ['evidence, which only FinHub gives', { command: 'evidence', why: 'x', kind: 'customer.created' }],
    ['no reason', { command: 'replay' }],
    ['a field that the command has not', { command: 'replay', why: 'x', step: 'register' }],
    ['another name than its own', { command: 'replay', why: 'x', by: 'somebody else' }],
    ['a missing field', { command: 'resolve', why: 'x' }],
    ['an id that is no text', resolved({ customerId: 7 })],
    ['a result that is no id of a step', resolved({ customerId: 'c-1', email: 'a@example.test' })],
    ['an id that is no id', resolved({ customerId: 'Jonas Jonaitis' })],
  ])('with %s are refused, with a pointer', async (_what, json) => {
    const answer = await post('commands', json);
    expect(answer.status).toBe(422);
    expect(answer.json.errors.length).toBeGreaterThan(0);
  });

  test("to another tenant's onboarding, or to none, are refused", async () => {
    const other = await world.key(['ops'], 'another-tenant');
    const json = { command: 'cancel', why: 'x' };
    expect((await post('commands', json, { key: other })).status).toBe(404);
    const path = `/v1/ops/onboardings/${randomUUID()}/commands`;
    expect((await gateway.call('POST', path, { key: ops, json })).status).toBe(404);
  });

  test('by ops of every tenant reach any onboarding that the tracker knows', async () => {
    const json = { command: 'replay', why: 'x' };
    const everywhere = await world.opsKey();
    expect((await post('commands', json, { key: everywhere })).status).toBe(404);
    world.trackerAnswers = () => ({ body: { tenantId: world.tenantId, state: 'parked' } });
    expect((await post('commands', json, { key: everywhere })).status).toBe(202);
    world.trackerAnswers = () => ({ status: 500 });
    expect((await post('commands', json, { key: everywhere })).status).toBe(503);
  });

  test('by ops of every tenant reach one that the tracker has forgotten, where they name its tenant', async () => {
    const everywhere = await world.opsKey();
    const named = (path: string) => `${path}?tenantId=${world.tenantId}`;
    const json = { command: 'erase', why: 'x' };
    const { status, json: given } = await post(named('commands'), json, { key: everywhere });
    expect(status).toBe(202);
    const answer = await get(`onboardings/${id}/${named(`commands/${given.commandId}`)}`, everywhere);
    expect(answer.json).toMatchObject({ status: 'pending' });
    const correction = { pointer: '/individual/phone', value: '+37060000098' };
    expect((await post(named('corrections'), correction, { key: everywhere })).status).toBe(201);
    expect((await post(named('hold'), { why: 'x' }, { key: everywhere })).status).toBe(204);
    expect((await post(named('release'), undefined, { key: everywhere })).status).toBe(204);
    const other = await world.key(['ops'], 'another-tenant');
    expect((await post(named('commands'), json, { key: other })).status).toBe(403);
  });

  test('are pending until the tracker tells their answer', async () => {
    const commandId = randomUUID();
    const path = `onboardings/${id}/commands/${commandId}`;
    expect((await get(path)).json).toMatchObject({ commandId, status: 'pending' });
    const report = { commandId, onboardingId: id, status: 'refused', code: 'not_parked' };
    world.trackerAnswers = ({ path: asked }) =>
      asked === `/v1/commands/${commandId}` ? { body: report } : { status: 404 };
    expect((await get(path)).json).toEqual(report);
    report.onboardingId = randomUUID();
    expect((await get(path)).status).toBe(404);
  });
});

describe('a correction', () => {
  test('lies in the vault, without effect until a command applies it', async () => {
    const answer = await post('corrections', { pointer: '/individual/phone', value: '+37060000099' });
    expect(answer.status).toBe(201);
    expect(await world.vaultOf().request(id)).toMatchObject({
      individual: { phone: request.individual.phone },
    });
    const stages = new Pool({ connectionString: world.database.urlFor('registration'), max: 1 });
    await new Vault(stages, world.vaultKeys).acceptCorrection(id, answer.json.correctionId);
    await stages.end();
    expect(await world.vaultOf().request(id)).toMatchObject({ individual: { phone: '+37060000099' } });
  });

  test('that breaks a rule is refused with all the errors of the corrected request, without the value', async () => {
    const answer = await post('corrections', { pointer: '/individual/phone', value: 'call me' });
    expect(answer.status).toBe(422);
    expect(answer.json.errors).toEqual([
      expect.objectContaining({ pointer: '/individual/phone', code: 'phone_not_e164' }),
    ]);
    expect(answer.text).not.toContain('call me');
  });

  test.each([
    ['a pointer that leads nowhere', { pointer: '/employees/7/person/email', value: 'a@example.test' }],
    ['a pointer that is none', { pointer: 'phone', value: '+37060000099' }],
    ['no value', { pointer: '/individual/phone' }],
  ])('with %s is refused', async (_what, json) => {
    expect((await post('corrections', json)).status).toBe(422);
  });
});

test('a hold is known to the vault until it is released', async () => {
  expect((await post('hold', { why: 'a court asked' })).status).toBe(204);
  expect(await world.vaultOf().admissionById(id)).toMatchObject({ holdReason: 'a court asked' });
  expect((await post('release', undefined)).status).toBe(204);
  expect((await world.vaultOf().admissionById(id))?.holdReason).toBeUndefined();
});

describe('the lists of the tracker', () => {
  test("are kept to the key's tenant, and paged by its cursor", async () => {
    const page = { items: [{ onboardingId: id }], nextCursor: 'next' };
    world.trackerAnswers = () => ({ body: page });
    expect((await get('parked?limit=10&cursor=abc')).json).toEqual(page);
    const asked = world.tracker.seen.at(-1);
    expect([asked?.path, asked?.query.toString(), asked?.headers['x-tenant-id']]).toEqual([
      '/v1/parked',
      'limit=10&cursor=abc',
      world.tenantId,
    ]);
    await get('funnel', await world.opsKey());
    expect(world.tracker.seen.at(-1)).toMatchObject({ path: '/v1/funnel', headers: { 'x-tenant-id': '*' } });
  });

  test('of dead letters, which belong to no tenant, are for ops of every tenant', async () => {
    world.trackerAnswers = () => ({ body: { items: [] } });
    expect((await get('dead-letters')).status).toBe(403);
    expect((await get('dead-letters', await world.opsKey())).json).toEqual({ items: [] });
  });

  test('of dead letters lead to each one, sealed as it is, for ops of every tenant', async () => {
    const path = `dead-letters/${randomUUID()}`;
    world.trackerAnswers = () => ({ body: { sealed: 'a.b.c.d.e' } });
    expect((await get(path)).status).toBe(403);
    const opsKey = await world.opsKey();
    expect((await get(path, opsKey)).json).toEqual({ sealed: 'a.b.c.d.e' });
    expect((await get('dead-letters/..%2Fparked', opsKey)).status).toBe(400);
    world.trackerAnswers = () => ({ status: 404 });
    expect((await get(path, opsKey)).status).toBe(404);
  });

  test('answer 503 while the tracker is away, and 400 for a page that is none', async () => {
    world.trackerAnswers = () => ({ status: 502 });
    const away = await get('parked');
    expect([away.status, away.json.code]).toEqual([503, 'temporarily_unavailable']);
    expect((await get('parked?limit=many')).status).toBe(400);
    world.trackerAnswers = () => ({ status: 400 });
    expect((await get('parked?cursor=forged')).status).toBe(400);
  });
});
