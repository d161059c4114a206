import { appendFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  activateOrganization,
  documentBody,
  individualBody,
  newEmail,
  openVerification,
  readyOrganization,
  registerIndividual,
  upload,
} from '../testing/journeys.js';
import { runSandbox } from '../testing/running-sandbox.js';
import { SandboxClient } from '../testing/sandbox-client.js';
import { waitUntil } from '../../../test/wait-until.js';

let folder: string;
let env: Record<string, string>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
  env = { SANDBOX_STATE_FILE: join(folder, 'state.jsonl') };
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('a sandbox with a state file', () => {
  it('knows after a restart every customer, session and effect, and tears in the file harm nothing', async () => {
    const before = await runSandbox(env);
    const client = await SandboxClient.loggedIn(before.baseUrl);
    const individual = await registerIndividual(client);
    const verificationId = await openVerification(client, individual);
    await upload(client, verificationId, documentBody(individual.id, 'PASSPORT'));
    const ledger = await client.ledger('');
    await before.close();
    appendFileSync(env['SANDBOX_STATE_FILE'] ?? '', '{"collection":"customers","id":"torn","val');

    const after = await runSandbox(env);
    const again = new SandboxClient(after.baseUrl);
    again.token = client.token;
    expect(await again.ledger('')).toEqual(ledger);
    const { data } = await again.get(`/api/v2.1/customer/individual/${individual.id}/documents`);
    expect(data['documents']).toHaveLength(1);
    const body = await individualBody(again, individual.email);
    expect((await again.post('/api/v2.1/customer/individual/registration', body)).status).toBe(409);
    await after.close();
  });

  it('finishes after a restart what it was about to do by itself', async () => {
    const slow = { ...env, SANDBOX_SLOW_DECISION_MS: '400', SANDBOX_ACTIVATION_DELAY_MS: '400' };
    const before = await runSandbox(slow);
    const client = await SandboxClient.loggedIn(before.baseUrl);
    const organization = await readyOrganization(client);
    await activateOrganization(client, organization);
    const individual = await registerIndividual(client, newEmail('kyb-slow'));
    const verificationId = await openVerification(client, individual);
    await upload(client, verificationId, documentBody(individual.id, 'PASSPORT'));
    await before.close();

    const after = await runSandbox(slow);
    const again = new SandboxClient(after.baseUrl);
    again.token = client.token;
    await waitUntil('approval and wallet', async () => {
      const verification = await again.get(`/api/v2.1/verifications/${verificationId}`);
      const wallet = await again.get(`/api/v2.1/customer/organization/${organization.id}/wallet-status`);
      return verification.data['status'] === 'APPROVED' && wallet.data['organizationStatus'] === 'ACTIVE';
    });
    await after.close();
  });

  it('keeps the file to its owner', async () => {
    const sandbox = await runSandbox(env);
    expect(statSync(env['SANDBOX_STATE_FILE'] ?? '').mode & 0o077).toBe(0);
    await sandbox.close();
  });

  it('has an empty file after a reset', async () => {
    const sandbox = await runSandbox(env);
    const client = await SandboxClient.loggedIn(sandbox.baseUrl);
    await registerIndividual(client);
    await client.post('/_sandbox/reset');
    expect(statSync(env['SANDBOX_STATE_FILE'] ?? '').size).toBe(0);
    await sandbox.close();
  });
});
