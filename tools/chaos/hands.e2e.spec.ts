import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { chooseCategory } from '#finhub-client/categories.js';
import { FinhubClient, type FinhubTenant } from '#finhub-client/client.js';
import { individual } from '#finhub-client/testing/applicants.js';
import { startSandbox, type SandboxProcess } from '../../test/sandbox-process.js';
import { waitUntil } from '../../test/wait-until.js';
import type { Action } from './action.js';
import { Hands, type HandTools } from './hands.js';
import { Sandbox } from './sandbox.js';
import { resolveTruly } from './truth.js';

let finhub: SandboxProcess;
let client: FinhubClient;
let tenant: FinhubTenant;
let sandbox: Sandbox;

beforeAll(async () => {
  finhub = await startSandbox();
  const { tenantId, baseUrl } = finhub.settings;
  client = new FinhubClient([finhub.settings]);
  tenant = client.tenant(tenantId);
  sandbox = new Sandbox(baseUrl, tenantId);
});
afterAll(async () => {
  await client.close();
  await finhub.close();
});

test("a fault of FinHub's that struck was done, and tells how often", async () => {
  const { outcome, stop } = await begin(fault('getCategories'));
  await tenant.categories();
  stop();
  expect(await outcome).toEqual({ how: 'done', told: 'struck once' });
  expect(await faults()).toEqual([]);
});

test('one that struck nobody was in vain', async () => {
  const { outcome, stop } = await begin(fault('addDirector'));
  await tenant.categories();
  stop();
  expect(await outcome).toEqual({ how: 'in vain', told: 'it struck nobody' });
});

test('one that a killed sandbox has forgotten was in vain', async () => {
  const { outcome, stop } = await begin(fault('getCategories'));
  await sandbox.clear();
  stop();
  expect((await outcome).how).toBe('in vain');
});

test('one that the sandbox does not know is a failure of the tool', async () => {
  const { how, told } = await handsOf({ sandbox }).hands.perform(fault('getNothing'));
  expect([how, told]).toEqual([
    'failed',
    expect.stringContaining('no operation of openapi.yaml has this id'),
  ]);
});

test('whoever is down already is killed in vain', async () => {
  const supervisor = { pids: () => new Map() } as unknown as HandTools['supervisor'];
  const outcome = await handsOf({ supervisor }).hands.perform({ kind: 'kill', part: 'consent' });
  expect(outcome).toEqual({ how: 'in vain', told: 'it was down already' });
});

test('a step in doubt is resolved as the ledger has it, and a second request for a person as not done', async () => {
  const { email } = individual;
  const command = { command: 'resolve', step: 'register' };
  expect(await resolveTruly('register', { email }, sandbox)).toEqual({ ...command, hasHappened: false });
  const category = chooseCategory(await tenant.categories(), 'individual')!;
  const { customerId } = await tenant.registerIndividual({ individual, category, password: 'Chaos-Pass-01' });
  const result = { customerId, userId: customerId };
  expect(await resolveTruly('register', { email }, sandbox)).toEqual({
    ...command,
    hasHappened: true,
    result,
  });
  expect(await resolveTruly('register', {}, sandbox)).toEqual({ ...command, hasHappened: false });
});

/** Resolves when the fault is on; `stop` takes it away, as the end of the chaos does. */
async function begin(action: Action) {
  const { hands, over } = handsOf({ sandbox });
  const outcome = hands.perform(action);
  await waitUntil('the fault', async () => (await faults()).length === 1);
  return { outcome, stop: () => over.abort() };
}

function handsOf(tools: Partial<HandTools>): { hands: Hands; over: AbortController } {
  const over = new AbortController();
  return { hands: new Hands({ ...tools, signal: over.signal } as HandTools), over };
}

function fault(endpoint: string): Action {
  return { kind: 'finhub', name: 'delay', fault: { endpoint, kind: 'delay', delayMs: 1 }, forMs: 60_000 };
}

async function faults(): Promise<unknown[]> {
  const answer = await fetch(`${finhub.settings.baseUrl}/_sandbox/faults`);
  return ((await answer.json()) as { faults: unknown[] }).faults;
}
