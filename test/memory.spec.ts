import { describe, expect, test } from '@jest/globals';
import { topics } from '#contracts/topics.js';
import { memoryDays } from '#stage/worker.js';
import { keepDays } from '#vault/operations/forget.js';

const dayMs = 24 * 3_600_000;

/** Kafka's default: a segment is deleted when its newest record is too old, and takes records in for as long as this. */
const segmentDays = 7;

const forgetful = topics().filter(({ config }) => config['cleanup.policy'] === 'delete');
const others = topics().filter(({ config }) => config['cleanup.policy'] !== 'delete');

describe('what has happened is remembered for longer than any topic keeps what could make it happen again', () => {
  test.each(forgetful.map(({ topic, config }) => [topic, config] as const))('%s', (_, config) => {
    const keptDays = Number(config['retention.ms']) / dayMs + segmentDays;
    expect(keptDays).toBeGreaterThan(0);
    expect(memoryDays).toBeGreaterThan(keptDays);
    expect(keepDays.mark).toBeGreaterThan(keptDays);
  });

  test('no topic that a stage reads keeps its records for ever', () => {
    expect(others.map(({ topic }) => topic)).toEqual(['onboarding.state.v1']);
  });

  test('an erasure is remembered for longer than an onboarding', () => {
    expect(keepDays.mark).toBeGreaterThan(memoryDays);
  });
});
