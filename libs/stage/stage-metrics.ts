import { counter, gauge, histogram } from '#platform/metrics.js';

/** What a stage's process counts. Labels are closed sets: stage, kind of step, outcome. */
export const stageMetrics = {
  arrivals: counter({
    name: 'onboarding_arrivals_total',
    help: 'New onboardings that the stage has taken in.',
    labelNames: ['stage'],
  }),
  outcomes: counter({
    name: 'onboarding_run_outcomes_total',
    help: 'How runs of a handler ended: passed, ended, rejected, waiting, retry, parked, lease_lost, ...',
    labelNames: ['stage', 'outcome'],
  }),
  calls: histogram({
    name: 'onboarding_step_call_seconds',
    help: 'Calls of steps by kind of step and outcome (result or kind of failure).',
    labelNames: ['stage', 'step', 'outcome'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  }),
  commitRows: histogram({
    name: 'onboarding_group_commit_rows',
    help: 'Onboardings per group commit.',
    labelNames: ['stage'],
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
  }),
  inFlight: gauge({
    name: 'onboarding_in_flight',
    help: 'Onboardings that the process works on.',
    labelNames: ['stage'],
  }),
  outbox: gauge({
    name: 'onboarding_outbox_backlog',
    help: 'Events committed here that Kafka has not acknowledged yet.',
    labelNames: ['stage'],
  }),
  lag: gauge({
    name: 'onboarding_consumer_lag',
    help: 'Records that the stage has not read yet, as of the last look.',
    labelNames: ['stage'],
  }),
  openCircuits: gauge({
    name: 'onboarding_open_circuits',
    help: 'Kinds of steps that are stopped because they fail for everybody, or are misconfigured: of tenants and of hosts.',
    labelNames: ['stage', 'step', 'trouble'],
  }),
};
