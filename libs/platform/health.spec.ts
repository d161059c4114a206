import { describe, expect, it, jest } from '@jest/globals';
import { HealthRegistry } from './health.js';

function started(): HealthRegistry {
  const health = new HealthRegistry();
  health.markStarted();
  return health;
}

describe('readiness', () => {
  it('is there once the service has started and all checks are fine', async () => {
    const health = started();
    health.add('database', () => undefined);
    health.add('kafka', async () => undefined);
    expect(await health.readiness()).toEqual({ isReady: true, notReady: {} });
  });

  it('is not there before the start is complete', async () => {
    expect(await new HealthRegistry().readiness()).toEqual({
      isReady: false,
      notReady: { service: 'starting' },
    });
  });

  it('names each check that is not fine, and nothing of an error', async () => {
    const health = started();
    health.add('database', () => 'no connection');
    health.add('kafka', () => {
      throw new Error('hunter2');
    });
    health.add('finhub', async () => undefined);
    expect(await health.readiness()).toEqual({
      isReady: false,
      notReady: { database: 'no connection', kafka: 'the check failed' },
    });
  });

  it('ends as soon as the service is stopping, whatever the checks say', async () => {
    const health = started();
    health.markStopping();
    health.markStarted();
    expect(await health.readiness()).toEqual({ isReady: false, notReady: { service: 'stopping' } });
  });

  it('is there although something outside is held back, which is noted', async () => {
    const health = started();
    health.addNote('circuits', () => 'calls are held back: upload (failing)');
    health.addNote('quiet', () => undefined);
    expect((await health.readiness()).isReady).toBe(true);
    expect(health.noted()).toEqual({ circuits: 'calls are held back: upload (failing)' });
  });

  it('does not wait longer than a second for a check', async () => {
    jest.useFakeTimers();
    const health = started();
    health.add('database', () => new Promise(() => undefined));
    const readiness = health.readiness();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(await readiness).toEqual({ isReady: false, notReady: { database: 'no answer within 1000 ms' } });
    jest.useRealTimers();
  });
});
