import Broker from 'kafkajs/src/broker/index.js';
import type { Watch } from './watch.js';

interface Message {
  readonly offset?: string;
  readonly key: Buffer | string | null;
  readonly value: Buffer | string | null;
}

interface Partition<Content> {
  readonly topic: string;
  readonly partitions: readonly Content[];
}

interface Produce {
  readonly topicData: readonly Partition<{ readonly messages: readonly Message[] }>[];
}

interface Fetched {
  readonly responses: readonly {
    readonly topicName: string;
    readonly partitions: readonly { readonly partition: number; readonly messages: readonly Message[] }[];
  }[];
}

interface Commit {
  /** kafkajs keeps the partition as the text that it was a key as. */
  readonly topics: readonly Partition<{ readonly partition: number | string; readonly offset: string }>[];
}

/** A record of a case that was read here, until its offset is committed. */
interface Read {
  readonly onboardingId: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** Every send, every fetch that brings something and every commit of an offset is an edge. */
export function watchKafka(watch: Watch): void {
  const reads = new Set<Read>();
  watchSends(watch);
  watchFetches(watch, reads);
  watchCommits(watch, reads);
}

function watchSends(watch: Watch): void {
  const { produce } = Broker.prototype;
  Broker.prototype.produce = async function (request: never) {
    const edges = (request as Produce).topicData.flatMap(({ topic, partitions }) =>
      partitions
        .flatMap(({ messages }) => messages)
        .flatMap((message) => casesOf(watch, message).map((id) => ({ id, name: `Kafka: send ${topic}` }))),
    );
    for (const { id, name } of edges) watch.reach(id, { edge: name, side: 'before' });
    const answer = await produce.call(this, request);
    for (const { id, name } of edges) watch.reach(id, { edge: name, side: 'after' });
    return answer;
  };
}

function watchFetches(watch: Watch, reads: Set<Read>): void {
  const { fetch } = Broker.prototype;
  Broker.prototype.fetch = async function (request: never) {
    const answer = await fetch.call(this, request);
    for (const read of readsOf(watch, answer as Fetched)) {
      reads.add(read);
      watch.reach(read.onboardingId, { edge: `Kafka: fetch ${read.topic}`, side: 'after' });
    }
    return answer;
  };
}

function readsOf(watch: Watch, { responses }: Fetched): Read[] {
  const partitions = responses.flatMap(({ topicName: topic, partitions: its }) =>
    its.map((partition) => ({ topic, ...partition })),
  );
  return partitions.flatMap(({ topic, partition, messages }) =>
    messages.flatMap((message) =>
      casesOf(watch, message).map((onboardingId) => ({
        onboardingId,
        topic,
        partition,
        offset: BigInt(message.offset ?? 0),
      })),
    ),
  );
}

function watchCommits(watch: Watch, reads: Set<Read>): void {
  const { offsetCommit } = Broker.prototype;
  Broker.prototype.offsetCommit = async function (request: never) {
    const committed = [...reads].filter((read) => isCommitted(read, request as Commit));
    for (const read of committed) reads.delete(read);
    const nameOf = ({ topic }: Read): string => `Kafka: commit the offset of ${topic}`;
    for (const read of committed) watch.reach(read.onboardingId, { edge: nameOf(read), side: 'before' });
    const answer = await offsetCommit.call(this, request);
    for (const read of committed) watch.reach(read.onboardingId, { edge: nameOf(read), side: 'after' });
    return answer;
  };
}

function isCommitted(read: Read, { topics }: Commit): boolean {
  return topics.some(
    ({ topic, partitions }) =>
      topic === read.topic &&
      partitions.some(
        ({ partition, offset }) => Number(partition) === read.partition && BigInt(offset) > read.offset,
      ),
  );
}

/** By the record's key; its event's id stands for the onboarding from now on. */
function casesOf(watch: Watch, { key, value }: Message): string[] {
  const cases = watch.casesIn(key?.toString() ?? '');
  const [onboardingId] = cases;
  const eventId = /"id":"([0-9a-f-]{36})"/u.exec(value?.toString() ?? '')?.[1];
  if (onboardingId !== undefined && eventId !== undefined) watch.addAlias(eventId, onboardingId);
  return cases;
}
