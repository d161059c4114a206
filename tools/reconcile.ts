import kafkajs from 'kafkajs';
import { z } from 'zod';
import { allEvents, onboardingRefused } from '#contracts/events.js';
import { onboardingRequested } from '#contracts/requested.js';
import { connectOnce } from '#platform/database.js';
import { fatalSentences } from '#platform/fatal.js';
import { kafkaConnection } from '#platform/kafka-connection.js';
import { databaseSettings, kafkaSettings } from '#platform/setting-kinds.js';
import { loadSettings } from '#platform/settings.js';
import { readTold } from './reconcile/read-told.js';
import { reconcile, refuseRunning } from './reconcile/reconcile.js';
import { reportLines } from './reconcile/report.js';
import { stages } from './reconcile/stages.js';
import { Told } from './reconcile/told.js';
import { roleOf, stageServices } from './setup/services.js';

/**
 * `node dist/tools/reconcile.js`: after a restored backup and before any stage starts, as docs/operations.md says. With
 * `--report`: what came of it so far. Reads `DATABASE_URL` (of a role that may write all schemas) and the `KAFKA_` settings.
 */
const settingsSchema = z.object({ DATABASE_URL: databaseSettings.DATABASE_URL, ...kafkaSettings });
const topics = [onboardingRequested, ...allEvents.filter((event) => event !== onboardingRefused)].map(
  ({ topic }) => topic,
);
const restoredStages = stageServices.map((stage) => ({
  stage,
  schema: stage,
  role: roleOf(stage),
  groupId: `onboarding-${stage}`,
}));

try {
  const settings = loadSettings(settingsSchema, process.env);
  const limits = { applicationName: 'reconcile', schema: 'public', statementTimeoutMs: 600_000 };
  const client = await connectOnce(settings.DATABASE_URL, limits);
  try {
    const isReport = process.argv.includes('--report');
    const lines = isReport ? await reportLines(client, stageServices) : await run(client, settings);
    for (const line of lines) console.log(line);
  } finally {
    await client.end();
  }
} catch (error) {
  process.stderr.write(fatalSentences('reconcile', error));
  process.exitCode = 1;
}

async function run(
  client: Awaited<ReturnType<typeof connectOnce>>,
  settings: z.output<typeof settingsSchema>,
): Promise<string[]> {
  const kafka = new kafkajs.Kafka({
    ...kafkaConnection(settings),
    clientId: 'onboarding-reconcile',
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const admin = kafka.admin();
  await admin.connect();
  try {
    const told = new Told(stages);
    await refuseRunning({ client, admin, stages: restoredStages });
    await readTold({ kafka, admin }, topics, (event) => {
      told.add(event);
    });
    const reconciled = await reconcile({ client, admin, stages: restoredStages, told });
    const row = (...cells: (string | number)[]) =>
      cells
        .map((cell) => String(cell).padEnd(14))
        .join(' ')
        .trimEnd();
    return [
      row('stage', 'unfinished', 'not in backup', 'finished since', 'to look up'),
      ...reconciled.map((stage) =>
        row(stage.schema, stage.unfinished, stage.missing, stage.finished, stage.lookedUp),
      ),
      'The stages may go on: each asks FinHub before it calls. `--report` shows what comes of it.',
    ];
  } finally {
    await admin.disconnect();
  }
}
