import { z } from 'zod';
import { HttpStatus } from '@nestjs/common';
import { refusal } from '../http/refusal.js';
import type { Onboarding } from '../publishing/gateway-records.js';
import type { TrackerClient } from '../tracker/tracker-client.js';

const reportSchema = z.looseObject({ onboardingId: z.string(), status: z.string() });

/** What became of commands, by the tracker's word. */
export class CommandAnswers {
  constructor(private readonly tracker: Pick<TrackerClient, 'get'>) {}

  /**
   * The report of the command; `pending` also for one that the tracker has not seen yet. Throws 404 for one to another
   * onboarding, 503 where the tracker does not answer.
   */
  async answerTo({ onboardingId, tenantId }: Onboarding, commandId: string): Promise<object> {
    const report = reportSchema.safeParse(await this.tracker.get(`/v1/commands/${commandId}`, tenantId)).data;
    if (report === undefined) return { commandId, onboardingId, status: 'pending' };
    if (report.onboardingId !== onboardingId) throw refusal(HttpStatus.NOT_FOUND, 'command_unknown');
    return report;
  }
}
