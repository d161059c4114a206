import type { OnboardingEvent } from '#contracts/envelope.js';
import type { OnboardingRequest } from '#contracts/request.js';
import type { FinhubClient } from '#finhub-client/client.js';
import { NotYet, type Steps } from '#stage/steps.js';

const hourMs = 3_600_000;
const deadlineDefaultHours = 14 * 24;

export interface Verdict {
  readonly verdict: 'approved' | 'rejected';
  readonly decidedBy: 'finhub' | 'policy' | 'officer';
}

/** Whose verdict FinHub asks for: the tenant's, or for high risk the power tenant's. */
export type Level = NonNullable<OnboardingRequest['verificationLevel']>;

/**
 * Who decides a verification: FinHub, or the tenant's own officer, or by the tenant's policy our admin session. No policy of
 * a tenant approves what asks for the power tenant's verdict.
 */
export class Decision {
  constructor(private readonly finhub: FinhubClient) {}

  /** Approves where we may, else waits for the verdict: by looking, and earlier when a webhook or a command wakes it. */
  async await(
    { tenantId, applicantKind: kind, data: { customerId } }: OnboardingEvent<{ customerId: string }>,
    { verificationId, level }: { readonly verificationId: string; readonly level: Level },
    steps: Steps,
  ): Promise<Verdict> {
    const finhub = this.finhub.tenant(tenantId);
    const customer = { kind, customerId };
    const isOurs = finhub.settings.approval === 'auto' && level === 'TENANT_VERIFIED';
    const decidedBy = isOurs ? 'policy' : steps.signals('approve').length > 0 ? 'officer' : 'finhub';
    if (decidedBy !== 'finhub') {
      const comment = `approved by ${decidedBy}`;
      const answer = await steps.repeatable('approve', (call) =>
        finhub.approve({ ...customer, verificationId, comment }, call),
      );
      if (answer !== 'open') return { verdict: answer, decidedBy };
    }
    const look = async (call: Parameters<typeof finhub.verificationStatus>[1]) => {
      const status = await finhub.verificationStatus({ ...customer, verificationId }, call);
      return status === 'approved' || status === 'rejected' ? status : new NotYet('waiting_for_verification');
    };
    const verdict = await steps.poll('verification-status', look, {
      everyMs: 1_000,
      everyMaxMs: hourMs / 6,
      deadlineMs: (finhub.settings.verificationDeadlineHours ?? deadlineDefaultHours) * hourMs,
      overdue: 'verification_overdue',
    });
    return { verdict, decidedBy };
  }
}
