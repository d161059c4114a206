import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { FinhubClient } from '#finhub-client/client.js';
import { individual } from '#finhub-client/testing/applicants.js';
import { answer, LocalFinhub, tenantUuid } from '#finhub-client/testing/local-finhub.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { connectTestKafka, type TestKafka } from './kafka.js';
import { StageWorld } from './stage-world.js';

jest.setTimeout(60_000);

let database: TestDatabase;
let kafka: TestKafka;
let finhub: LocalFinhub;
let client: FinhubClient;
let world: StageWorld;

beforeAll(async () => {
  [database, kafka, finhub] = await Promise.all([
    createTestDatabase(),
    connectTestKafka(),
    LocalFinhub.start(),
  ]);
  client = new FinhubClient([finhub.settings()]);
  world = await StageWorld.open({ database, kafka, tables: 'registration' });
  await world.startProcess();
});
afterAll(async () => {
  await world.close();
  await client.close();
  await finhub.close();
  await kafka.close();
  await database.close();
});

it('of an answer that explains a failure the timeline has an excerpt, of every attempt and of the parking, and nobody in it', async () => {
  finhub.respond = (_, response) => {
    const { firstName, email, phone } = individual;
    response.writeHead(502, { 'Content-Type': 'text/html' });
    response.end(
      `<h1>Bad gateway</h1>\n<p>${firstName} (${email}, ${phone}), seen from 192.0.2.7 by Rasa Kanarė</p>`,
    );
  };
  const request = { individual, password: 'Secret-pass-01', category: { id: 'c-1', name: 'Personal' } };
  const id = await world.begin(async (_, steps) =>
    world.done(
      await steps.repeatable('register', (call) =>
        client.tenant(tenantUuid).registerIndividual(request, call),
      ),
    ),
  );
  await world.next(id, 'parked');
  const told = world.eventsOf(id).map(({ type, data }) => {
    const { lastAnswer } = data as { lastAnswer?: object };
    return [type.split('.')[1], lastAnswer];
  });
  const masked = {
    status: 502,
    excerpt: '<h1>Bad gateway</h1> <p>*** (***, ***), seen from *** by *** ***</p>',
  };
  expect(told).toEqual([
    ['attempt', masked],
    ['attempt', masked],
    ['parked', masked],
  ]);
});

it('what FinHub misses before it activates is told by the parking, as FinHub lists it', async () => {
  finhub.respond = (_, response) =>
    answer(response, 422, { missingDocuments: ['DIRECTOR_ID', 'BANK_STATEMENT'] });
  const request = { organizationId: 'o-1', actingUserId: 'u-1', roles: ['ADMIN_USER'], reason: 'done' };
  const id = await world.begin(async (_, steps) =>
    world.done(
      await steps.once('activate', (call) => client.tenant(tenantUuid).activateOrganization(request, call), {
        find: async () => ({ state: 'repeat' }),
      }),
    ),
  );
  const { data } = await world.next(id, 'parked');
  expect(data).toMatchObject({ code: 'misconfigured', step: 'activate', isInDoubt: false });
  const { lastAnswer } = data as { lastAnswer: { status: number; excerpt: string } };
  expect(lastAnswer.status).toBe(422);
  expect(lastAnswer.excerpt).toContain('"missingDocuments":["DIRECTOR_ID","BANK_STATEMENT"]');
});
