import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import { letIdleConnectionsSleep } from './kafka-client.js';

/** What the queue of a connection has of its own, as kafkajs names it. */
interface Queue {
  pending: unknown[];
  throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  scheduleCheckPendingRequests(): void;
  checkPendingRequests(): void;
}

let queue: Queue;
let checks: number;

beforeEach(() => {
  jest.useFakeTimers();
  letIdleConnectionsSleep();
  checks = 0;
  queue = Object.assign(Object.create(RequestQueue.prototype) as Queue, {
    pending: [],
    throttledUntil: -1,
    throttleCheckTimeoutId: null,
    checkPendingRequests: () => (checks += 1),
  });
});
afterEach(() => {
  jest.useRealTimers();
});

describe('a connection', () => {
  it('of which nobody wants anything sets no timer', () => {
    queue.scheduleCheckPendingRequests();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('on which a request waits looks again, with one timer however often it is told to', () => {
    queue.pending = ['a request'];
    queue.scheduleCheckPendingRequests();
    queue.scheduleCheckPendingRequests();
    expect(jest.getTimerCount()).toBe(1);
    jest.runOnlyPendingTimers();
    expect(checks).toBe(1);
    queue.scheduleCheckPendingRequests();
    expect(jest.getTimerCount()).toBe(1);
  });

  it('that a broker throttles looks again when the broker lets it', () => {
    queue.pending = ['a request'];
    queue.throttledUntil = Date.now() + 5_000;
    queue.scheduleCheckPendingRequests();
    jest.advanceTimersByTime(4_999);
    expect(checks).toBe(0);
    jest.advanceTimersByTime(1);
    expect(checks).toBe(1);
  });
});
