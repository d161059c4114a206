import type { PipelineAccess } from '../pipeline/pipeline.js';

/** What stays up and what to try with it, in a few lines. */
export function closingLines(access: PipelineAccess, pids: ReadonlyMap<string, number>): string[] {
  const { gatewayUrl, trackerUrl, sandboxUrl, brokers } = access;
  const processes = [...pids].map(([name, pid]) => `${name} ${pid}`).join(', ');
  return [
    `Gateway   ${gatewayUrl}/docs (the key is in .onboarding/cli.json)`,
    ...(sandboxUrl === undefined ? [] : [`Sandbox   ${sandboxUrl} (its customers, and switches for faults)`]),
    `Tracker   ${trackerUrl}`,
    `Kafka     ${brokers}`,
    'Logs      .onboarding/logs/',
    `Processes ${processes}`,
    '',
    'Try next:',
    '  npx onboard status --request-id example-individual-01   one onboarding, step by step',
    '  npx onboard parked                                      what waits for a human, and why',
    `  KAFKA_BROKERS=${brokers} node dist/examples/funnel.js --until-idle`,
    `  kill -9 ${pids.get('verification') ?? 'PID'}                                 break a service: it comes back, nothing is lost`,
    '',
    'Ctrl-C stops everything.',
  ];
}
