import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { EventEmitter } from 'node:events';
import { shutdownDeadlineMs, stopOnSignal } from './shutdown.js';

class FakeHost extends EventEmitter {
  readonly env = {};
  readonly stderr = process.stderr;
  readonly exit = jest.fn<(code: number) => void>();
}

const never = (): Promise<void> => new Promise(() => undefined);

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('shutdown', () => {
  it('exits with 0 as soon as all is given back', async () => {
    const host = new FakeHost();
    stopOnSignal(host, async () => undefined);
    host.emit('SIGTERM');
    await jest.advanceTimersByTimeAsync(0);
    expect(host.exit.mock.calls).toEqual([[0]]);
  });

  it('exits with 0 after two seconds, whatever still hangs', async () => {
    const host = new FakeHost();
    stopOnSignal(host, never);
    host.emit('SIGTERM');
    await jest.advanceTimersByTimeAsync(shutdownDeadlineMs - 1);
    expect(host.exit).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1);
    expect(host.exit.mock.calls).toEqual([[0]]);
  });

  it('exits at once with 1 on the second signal', () => {
    const host = new FakeHost();
    stopOnSignal(host, never);
    host.emit('SIGINT');
    host.emit('SIGINT');
    expect(host.exit.mock.calls).toEqual([[1]]);
  });

  it('exits also when closing fails', async () => {
    const host = new FakeHost();
    stopOnSignal(host, () => Promise.reject(new Error('hangs')));
    host.emit('SIGTERM');
    await jest.advanceTimersByTimeAsync(0);
    expect(host.exit.mock.calls).toEqual([[0]]);
  });
});
