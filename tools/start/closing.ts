import { join, relative } from 'node:path';
import type { PipelineAccess } from '../pipeline/pipeline.js';

/** What stays up and what to try with it, in a few lines. */
export function closingLines(
  access: PipelineAccess,
  pids: ReadonlyMap<string, number>,
  directory: string,
): string[] {
  const { gatewayUrl, trackerUrl, sandboxUrl, brokers } = access;
  const folder = relative(process.cwd(), directory);
  const processes = [...pids].map(([name, pid]) => `${name} ${pid}`).join(', ');
  return [
    `Gateway   ${gatewayUrl}/docs (the key is in ${join(folder, 'cli.json')})`,
    ...(sandboxUrl === undefined ? [] : [`Sandbox   ${sandboxUrl} (its customers, and switches for faults)`]),
    `Tracker   ${trackerUrl}`,
    `Kafka     ${brokers}`,
    `Logs      ${join(folder, 'logs')}/`,
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
