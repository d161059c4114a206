import { afterAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase } from './database.js';
import { connectTestKafka } from './kafka.js';

const kafka = await connectTestKafka();
afterAll(() => kafka.close());

test('a test database is migrated, and a service sees only its own schema in it', async () => {
  const database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.urlFor('registration') });
  await client.connect();
  const { rows } = await client.query<{ schema: string }>('SELECT current_schema() AS schema');
  await expect(client.query('SELECT * FROM activation.migrations')).rejects.toThrow('permission denied');
  await client.end();
  await database.close();
  expect(rows).toEqual([{ schema: 'registration' }]);
});

test('a connection that a spec leaves open is reported', async () => {
  const database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.url });
  client.on('error', () => undefined);
  await client.connect();
  await expect(database.close()).rejects.toThrow('left connections open');
});

test('what is published to a topic of a spec is read back from the beginning', async () => {
  const topic = await kafka.createTopic('infrastructure', { partitions: 2 });
  await kafka.publish(topic, [
    { key: 'a', value: 'one' },
    { key: 'b', value: null, headers: { trace: 'x' } },
  ]);
  const records = await kafka.readTopic(topic);
  expect(new Set(records.map(({ key }) => key))).toEqual(new Set(['a', 'b']));
});
