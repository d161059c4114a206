import { counter, gauge } from '#platform/metrics.js';

/** What the tracker counts. */
export const trackerMetrics = {
  records: counter({
    name: 'tracker_records_total',
    help: 'records stored, of whatever topic; those read again count again',
    labelNames: ['generation'],
  }),
  lag: gauge({
    name: 'tracker_lag',
    help: 'records between the live generation and the end of the topics, as of the last look',
  }),
  parked: gauge({ name: 'tracker_parked', help: 'onboardings that wait for a human' }),
};
