import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { pino } from 'pino';
import { connectTestKafka, type TestKafka } from '../../test/kafka.js';
import { waitUntil } from '../../test/wait-until.js';
import type { KafkaSettings } from './kafka-client.js';
import { Consumer } from './kafka-consumer.js';
import { Publisher, PublisherStopped } from './kafka-producer.js';

const logger = pino({ level: 'silent' });

let kafka: TestKafka;
let door: Server;
let inside: Set<Socket>;
let visitors: number;
let settings: KafkaSettings;

beforeEach(async () => {
  kafka = await connectTestKafka();
  inside = new Set();
  visitors = 0;
  door = createServer(letIn);
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  settings = { brokers: [`127.0.0.1:${(door.address() as AddressInfo).port}`], clientId: 'spec' };
});
afterEach(async () => {
  await new Promise((resolve) => door.close(resolve));
  await kafka.close();
});

describe('a stop', () => {
  it('while a publisher connects leaves no connection open', async () => {
    const publisher = new Publisher(settings, logger);
    const starting = publisher.start();
    await publisher.stop();
    await starting;
    await waitUntil('all to have left', () => inside.size === 0);
    await expect(publisher.publish([])).rejects.toThrow(PublisherStopped);
  });

  it('while a consumer waits for its topics leaves no connection open, and it joins no group', async () => {
    const groupId = kafka.uniqueName('never-joined');
    const consumer = new Consumer({
      kafka: settings,
      groupId,
      topics: [kafka.uniqueName('missing')],
      onBatch: () => Promise.resolve(),
      onFatal: () => undefined,
      logger,
    });
    const starting = consumer.start();
    await waitUntil('a look at the topics', () => visitors > 0);
    await consumer.stop();
    await starting;
    await waitUntil('all to have left', () => inside.size === 0);
    const { groups } = await kafka.admin.listGroups();
    expect(groups.map((group) => group.groupId)).not.toContain(groupId);
    expect(consumer.unready()).toContain('not joined');
  });
});

/** Hands a connection on to the broker, and counts it while it is open. */
function letIn(visitor: Socket): void {
  const [host = '', port = ''] = (kafka.brokers[0] ?? '').split(':');
  const broker = connect(Number(port), host);
  visitors += 1;
  inside.add(visitor);
  visitor.pipe(broker).pipe(visitor);
  visitor.on('error', () => broker.destroy()).on('close', () => inside.delete(visitor) && broker.destroy());
  broker.on('error', () => visitor.destroy());
}
