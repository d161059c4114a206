import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { onboardingCommand } from '#contracts/commands.js';
import type { OnboardingEvent } from '#contracts/envelope.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { connectTestKafka, type TestKafka } from '../../test/kafka.js';
import { StageWorld, type TestHandler } from '../../test/stage-world.js';
import { inOrder, publishUnreadable, toldBy, type ToldRecord } from '../../test/unreadable.js';
import { waitUntil } from '../../test/wait-until.js';
import { NotYet } from './steps.js';

jest.setTimeout(60_000);

let database: TestDatabase;
let kafka: TestKafka;
/** Each of its topics has one partition: what is garbage lies in the way of what comes next. */
let world: StageWorld;

beforeAll(async () => {
  [database, kafka] = await Promise.all([createTestDatabase(), connectTestKafka()]);
  world = await StageWorld.open({ database, kafka, tables: 'registration', from: 'registration' });
  await world.startProcess();
});
afterAll(async () => {
  await world.close();
  await kafka.close();
  await database.close();
});

describe('what cannot be read, a megabyte of garbage too, becomes a sealed dead letter, byte for byte, with where it lay and why, and the partition goes on', () => {
  const command = { type: onboardingCommand.type, data: onboardingCommand.example };
  it.each([
    ['an event', () => world.topics.asked, {}],
    ['a command', () => world.topics.commands, command],
  ])('where %s is expected', async (key, topic, change) => {
    const valid = world.valueOf({ ...world.newOnboarding(waits), ...change });
    const expected = await publishUnreadable(kafka, topic(), { key, valid });
    await passOneMore();
    expect(inOrder(await lettersFrom(topic(), expected.length))).toEqual(expected);
  });
});

it('an event that another stage than the one before has published is out of order: a dead letter, and nobody works on it', async () => {
  const handler = jest.fn(waits);
  const event: OnboardingEvent = { ...world.newOnboarding(handler), stage: 'consent' };
  const before = letters(world.topics.asked).length;
  await world.publish(event);
  await passOneMore();
  const told = await lettersFrom(world.topics.asked, before + 1);
  expect(told.at(-1)).toMatchObject({ reason: 'out_of_order', partition: 0, key: event.onboardingId });
  expect(handler).not.toHaveBeenCalled();
  expect(await world.stateOf(event.onboardingId)).toBeUndefined();
});

const pollOptions = {
  everyMs: 30,
  everyMaxMs: 60,
  deadlineMs: 30_000,
  overdue: 'verification_overdue',
} as const;

const waits: TestHandler = async (_, steps) =>
  world.done(await steps.poll('decision', async () => new NotYet('waiting_for_verification'), pollOptions));

/** An onboarding and a command for it: all that lay on the topics before has been read by then. */
async function passOneMore(): Promise<void> {
  const id = await world.begin(waits);
  await world.next(id, 'attempt');
  await world.command(id, { command: 'cancel' });
  await world.next(id, 'cancelled');
}

/** The dead letters of a topic, unsealed, once there are so many. */
async function lettersFrom(topic: string, count: number): Promise<ToldRecord[]> {
  await waitUntil(`${count} dead letters`, () => letters(topic).length >= count);
  return letters(topic).map((letter) => toldBy(letter, Buffer.from(letter.sealed, 'base64')));
}

function letters(topic: string): (ToldRecord & { readonly sealed: string })[] {
  const all = world.deadLetters.map(({ data }) => data as ReturnType<typeof letters>[number]);
  return all.filter((letter) => letter.topic === topic);
}
