import type { Signal } from './steps.js';

/** How far the clock of who tells of it may be behind ours. */
const clockSkewMs = 5_000;

/**
 * The id in the first signal that has one and tells of something since the intent. What happened before it is not ours; a
 * signal whose time cannot be read is no evidence.
 */
export function firstIdSince(
  intentAt: Date,
  signals: readonly Signal[],
  id: 'customerId' | 'verificationId',
): string | undefined {
  const earliestMs = intentAt.getTime() - clockSkewMs;
  return signals.find((signal) => signal[id] !== undefined && Date.parse(signal.occurredAt) >= earliestMs)?.[
    id
  ];
}
