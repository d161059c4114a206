import type { Signal } from './steps.js';

/** The id in the first signal that has one and tells of something since then. A signal whose time cannot be read is no evidence. */
export function firstIdSince(
  since: Date,
  signals: readonly Signal[],
  id: 'customerId' | 'verificationId',
): string | undefined {
  return signals.find(
    (signal) => signal[id] !== undefined && Date.parse(signal.occurredAt) >= since.getTime(),
  )?.[id];
}
