import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  documentBody,
  openVerification,
  registerIndividual,
  staffedOrganization,
  upload,
} from '../testing/journeys.js';
import { runSandbox, type RunningSandbox } from '../testing/running-sandbox.js';
import { SandboxClient } from '../testing/sandbox-client.js';

let sandbox: RunningSandbox;
let client: SandboxClient;

beforeAll(async () => {
  sandbox = await runSandbox();
  client = await SandboxClient.loggedIn(sandbox.baseUrl);
});
afterAll(() => sandbox.close());

/** Uploads as c.2.5 and c.3.7 do: as a file of a form. */
async function uploadFile(
  path: string,
  type: string,
  file?: { name: string; mimeType: string },
): Promise<number> {
  const form = new FormData();
  form.set('documentType', type);
  if (file) form.set('file', new Blob(['%PDF-1.4'], { type: file.mimeType }), file.name);
  const { 'Content-Type': _boundary, ...headers } = client.headers({ body: form });
  const response = await fetch(`${sandbox.baseUrl}${path}`, { method: 'POST', headers, body: form });
  await response.arrayBuffer();
  return response.status;
}

const pdf = { name: 'statement.pdf', mimeType: 'application/pdf' };

describe('a document uploaded as a file', () => {
  it('is listed beside those of the verification (U24)', async () => {
    const individual = await registerIndividual(client);
    const path = `/api/v2.1/customer/individual/${individual.id}/documents`;
    await upload(client, await openVerification(client, individual), documentBody(individual.id, 'PASSPORT'));
    expect(await uploadFile(path, 'SOURCE_OF_FUNDS', pdf)).toBe(200);
    const { data } = await client.get(path);
    expect(data['documents']).toMatchObject([{ fileType: 'PASSPORT' }, { fileType: 'SOURCE_OF_FUNDS' }]);
  });

  it('is counted as doubled when it comes again', async () => {
    const { id } = await staffedOrganization(client);
    const path = `/api/v2.1/customer/organization/${id}/documents`;
    for (let times = 0; times < 2; times += 1)
      expect(await uploadFile(path, 'BANK_STATEMENT', pdf)).toBe(200);
    expect(await client.ledger(`document:${id}:BANK_STATEMENT`)).toMatchObject([{ count: 2 }]);
  });

  it('is refused without a file, without a type that the file of the API knows, and as something else than PDF, JPEG or PNG', async () => {
    const { id } = await registerIndividual(client);
    const path = `/api/v2.1/customer/individual/${id}/documents`;
    expect(await uploadFile(path, 'SELFIE')).toBe(400);
    for (const type of ['', 'LIBRARY_CARD']) expect(await uploadFile(path, type, pdf)).toBe(400);
    expect(await uploadFile(path, 'SELFIE', { name: 'me.gif', mimeType: 'image/gif' })).toBe(400);
    expect(await client.ledger(`document:${id}`)).toEqual([]);
  });
});
