import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { FinhubClient, type CallTurn } from './client.js';
import { answer, LocalFinhub, tenantUuid } from './testing/local-finhub.js';

let finhub: LocalFinhub;
let client: FinhubClient;
/** Taken in this order; in time when there are none left. */
const turns: CallTurn[] = [];

beforeAll(async () => {
  finhub = await LocalFinhub.start();
  finhub.respond = (_, response) => answer(response, 200, { token: 't', id: 'd-1', documents: [] });
  const take = () => Promise.resolve(turns.shift() ?? { isInTime: () => true });
  client = new FinhubClient([finhub.settings({})], { quota: { take } });
});
afterAll(async () => {
  await client.close();
  await finhub.close();
});

it('a call whose turn has passed before it is written is written in its next one, whole', async () => {
  await client.tenant(tenantUuid).documents({ kind: 'individual', customerId: 'c-1' });
  finhub.received.length = 0;
  turns.push({ isInTime: () => false });
  const document = {
    type: 'PASSPORT',
    fileName: 'd.pdf',
    mimeType: 'application/pdf',
    sizeBytes: 4,
  } as const;
  const content = (async function* () {
    yield await Promise.resolve(Buffer.from('%PDF'));
  })();
  const customer = { kind: 'individual', customerId: 'c-1', verificationId: 'v-1' } as const;
  await client.tenant(tenantUuid).uploadDocument({ ...customer, ...document, content });
  expect(turns).toHaveLength(0);
  const [received, ...more] = finhub.received.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  expect(received?.['fileContent']).toBe(Buffer.from('%PDF').toString('base64'));
  expect(more).toEqual([]);
});

it('a call that has missed two turns is written in its third, however late', async () => {
  const late = { isInTime: () => false };
  turns.push(late, late, late);
  finhub.received.length = 0;
  await client.tenant(tenantUuid).documents({ kind: 'individual', customerId: 'c-1' });
  expect(turns).toHaveLength(0);
  expect(finhub.received).toHaveLength(1);
});
