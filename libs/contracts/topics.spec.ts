import { describe, expect, test } from '@jest/globals';
import { allContracts } from './all-contracts.js';
import { topics } from './topics.js';

const dayMs = 24 * 3_600_000;
const configOf = (topic: string) => topics().find((its) => its.topic === topic)?.config;

describe('topics', () => {
  test('there is one for each contract, with as many partitions as asked for', () => {
    expect(topics(7).map(({ topic }) => topic)).toEqual(allContracts.map(({ topic }) => topic));
    expect(new Set(topics(7).map(({ partitions }) => partitions))).toEqual(new Set([7]));
  });

  test('every topic takes the time of the broker and leaves records uncompressed', () => {
    for (const { config } of topics()) {
      expect(config).toMatchObject({
        'message.timestamp.type': 'LogAppendTime',
        'compression.type': 'uncompressed',
      });
    }
  });

  test('the intake forgets after 7 days, facts and commands after 90, state keeps the latest', () => {
    expect(configOf('onboarding.requested.v1')).toMatchObject({ 'retention.ms': String(7 * dayMs) });
    expect(configOf('onboarding.activated.v1')).toMatchObject({ 'retention.ms': String(90 * dayMs) });
    expect(configOf('onboarding.command.v1')).toMatchObject({ 'retention.ms': String(90 * dayMs) });
    expect(configOf('onboarding.state.v1')).toMatchObject({ 'cleanup.policy': 'compact' });
  });

  test('a dead letter has room for the largest record, sealed and encoded', () => {
    expect(configOf('onboarding.dead-letter.v1')).toMatchObject({
      'max.message.bytes': String(4 * 1024 * 1024),
    });
  });
});
