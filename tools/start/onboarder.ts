import { setTimeout as delay } from 'node:timers/promises';
import type { GatewayClient } from '#gateway-client/gateway-client.js';
import { statusOf } from '#gateway-client/onboarding-status.js';
import type { PipelineAccess } from '../pipeline/pipeline.js';
import { Progress } from './progress.js';
import type { ReportRow } from './report.js';
import type { RequestLine } from './requests-file.js';
import { readStates } from './states.js';
import { gatewayOf, submit } from './submit.js';
import type { View } from './view.js';

/** Where the pipeline is, whom to tell, and when to give up. */
export interface OnboarderTools {
  readonly access: PipelineAccess;
  readonly view: View;
  readonly signal: AbortSignal;
  /** Milliseconds between two looks at the progress. */
  readonly lookIntervalMs: number;
}

const submissionsAtOnce = 8;

/** Submits all requests, shows how they get on, and resolves when each of them has ended. */
export async function onboard(lines: readonly RequestLine[], tools: OnboarderTools): Promise<ReportRow[]> {
  const { access, view, signal } = tools;
  const gateway = gatewayOf(access, signal);
  const progress = new Progress(lines, access.tenantId);
  const stopReading = await readStates(access.kafka, (id, state) => {
    progress.take(id, state);
  });
  try {
    const submitting = submitAll(lines, gateway, progress);
    while (!progress.isDone) {
      view.show(progress.rows());
      await Promise.race([delay(tools.lookIntervalMs, undefined, { signal }), failureOf(submitting)]);
    }
    await submitting;
    view.show(progress.rows());
    view.settle();
    return await withIbans(progress, gateway);
  } finally {
    await stopReading();
    await gateway.close();
  }
}

async function submitAll(
  lines: readonly RequestLine[],
  gateway: GatewayClient,
  progress: Progress,
): Promise<void> {
  await eachOf(lines, async (line) => {
    const sentAtMs = Date.now();
    progress.submitted(line.requestId, await submit(gateway, line), sentAtMs);
  });
}

async function withIbans(progress: Progress, gateway: GatewayClient): Promise<ReportRow[]> {
  const ibans = new Map<string, string>();
  const activated = progress.outcomes().filter(({ end }) => end === 'activated');
  await eachOf(activated, async ({ onboardingId }) => {
    if (onboardingId === undefined) return;
    const { iban } = await statusOf(gateway, { id: onboardingId });
    if (iban !== undefined) ibans.set(onboardingId, iban);
  });
  return progress.outcomes().map((outcome) => ({ ...outcome, iban: ibans.get(outcome.onboardingId ?? '') }));
}

/** Works on several at once, in order. */
async function eachOf<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = items.values();
  const worker = async (): Promise<void> => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: submissionsAtOnce }, worker));
}

/** Never resolves; rejects when `work` does. */
function failureOf(work: Promise<void>): Promise<never> {
  return work.then(() => new Promise<never>(() => undefined));
}
