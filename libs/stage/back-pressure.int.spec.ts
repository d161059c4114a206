import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { connectTestKafka, type TestKafka } from '../../test/kafka.js';
import { StageWorld, type TestHandler } from '../../test/stage-world.js';
import { waitUntil } from '../../test/wait-until.js';

jest.setTimeout(60_000);

const unfinishedMax = 10;
/** Far longer than a record takes from Kafka into its row. */
const storedWithinMs = 1_500;

let database: TestDatabase;
let kafka: TestKafka;
let world: StageWorld;

beforeAll(async () => {
  [database, kafka] = await Promise.all([createTestDatabase(), connectTestKafka()]);
  const settings = { unfinishedMax, inFlightMax: 2 };
  world = await StageWorld.open({ database, kafka, tables: 'registration', settings });
  await world.startProcess();
});
afterAll(async () => {
  await world.close();
  await kafka.close();
  await database.close();
});

async function members(): Promise<number> {
  const { groups } = await kafka.admin.describeGroups([world.groupId]);
  return groups[0]?.state === 'Stable' ? groups[0].members.length : 0;
}

it('Kafka keeps what comes while too much is unfinished; what it kept is done when the rest is', async () => {
  let goOn: () => void = () => undefined;
  const mayGoOn = new Promise<void>((resolve) => (goOn = resolve));
  const handler: TestHandler = async (_, steps) => {
    await steps.repeatable('read', () => mayGoOn);
    return world.done({});
  };
  const published: string[] = [];
  const isKept = async (): Promise<boolean> => {
    const id = await world.begin(handler);
    published.push(id);
    const isStored = async (): Promise<boolean> => (await world.stateOf(id)) !== undefined;
    return waitUntil('its row', isStored, storedWithinMs).then(
      () => false,
      () => true,
    );
  };
  await waitUntil('reading to pause', isKept, 30_000);
  expect(published.length).toBeGreaterThan(unfinishedMax);
  // Another takes the partition over and leaves again: that it is paused is not forgotten over it.
  const other = await world.startProcess();
  await other.stop();
  await waitUntil('the group to be ours alone', async () => (await members()) === 1, 20_000);
  expect(await isKept()).toBe(true);
  const [commandId] = await world.commands(String(published[0]), { command: 'pause' });
  const isKnown = async () =>
    (await world.pool.query('SELECT FROM command WHERE command_id = $1', [commandId])).rowCount === 1;
  await waitUntil('a command to be read all the same', isKnown);
  goOn();
  for (const id of published.slice(1)) await world.next(id, 'done');
  expect(await world.stateOf(String(published[0]))).toBe('paused');
});
