import { z } from 'zod';
import { onboardingIdOf } from '#contracts/onboarding-id.js';
import type { Clock } from '#platform/clock.js';
import type { AdmissionRecord } from '#vault/admission.js';
import type { Vault } from '#vault/vault.js';
import type { ApiKey } from '../api-keys/api-key.js';
import { fromVault } from '../http/vault-refusals.js';
import { TrackerAway, type TrackerClient } from '../tracker/tracker-client.js';
import type { OnboardingFinder } from './onboarding-finder.js';

/** What the gateway itself reads of the tracker's answer; the rest of it goes to the caller as it is. */
const trackedSchema = z.looseObject({ state: z.string() });
type Tracked = z.infer<typeof trackedSchema>;

/** What the status is read from. */
export interface StatusParts {
  readonly vault: Pick<Vault, 'forTenant'>;
  readonly tracker: Pick<TrackerClient, 'get'>;
  readonly onboardings: OnboardingFinder;
  readonly clock: Clock;
  /** Days for which the tracker keeps what is settled: of what was admitted since, it cannot have forgotten anything. */
  readonly trackerKeptDays: number;
}

const dayMs = 24 * 3_600_000;

/** A page of the timeline, as the tracker takes it. */
export type TimelinePage = Readonly<Record<string, string>>;

/**
 * What became of an onboarding: that it is admitted by the vault's word, from the first moment on; all else by the tracker's,
 * which may lag, and forgets what ended long ago. Nothing is kept here.
 */
export class Status {
  constructor(private readonly parts: StatusParts) {}

  /** Throws 404 where the caller's tenant has no such onboarding. */
  async ofId(caller: ApiKey, onboardingId: string, page: TimelinePage = {}): Promise<object> {
    const admission = await this.parts.onboardings.find(caller, onboardingId);
    const tenantId = admission?.tenantId ?? caller.tenantId;
    const tracked = await this.tracked(tenantId, onboardingId, page);
    if (admission !== undefined) return this.told(caller, admission, tracked);
    // Refused requests were never admitted; the tracker tells their tenant so.
    if (tracked === 'away' || tracked?.state !== 'refused') throw this.parts.onboardings.unknown(caller);
    return tracked;
  }

  /** The same by the upstream's own request id. */
  async ofRequest(caller: ApiKey, tenantId: string, requestId: string): Promise<object> {
    return this.ofId({ ...caller, tenantId }, onboardingIdOf(tenantId, requestId));
  }

  private async told(
    caller: ApiKey,
    admission: AdmissionRecord,
    tracked: Tracked | 'away' | undefined,
  ): Promise<object> {
    const { onboardingId, tenantId, requestId, applicantKind, admittedAt } = admission;
    const known = { onboardingId, tenantId, requestId, applicantKind, admittedAt: admittedAt.toISOString() };
    if (admission.isErased) return { ...(isTold(tracked) ? tracked : {}), ...known, state: 'erased' };
    // What the tracker knows only as refused is a repeat with another body: the admitted one has not come by it yet.
    const isAhead = tracked === undefined || (isTold(tracked) && tracked.state === 'refused');
    if (isAhead && !this.mayBeForgotten(admission))
      return { ...known, state: 'admitted', since: known.admittedAt, timeline: [] };
    if (isAhead) {
      const detail = 'Admitted; the tracker has no history of it: what ended long ago is no longer kept.';
      return {
        ...known,
        state: 'forgotten',
        detail,
        timeline: [],
        ...(await this.ibanFor(caller, admission)),
      };
    }
    if (!isTold(tracked))
      return { ...known, state: 'unknown', detail: 'Admitted; the tracker does not answer.' };
    return { ...tracked, ...known, ...(await this.ibanFor(caller, admission)) };
  }

  private mayBeForgotten({ admittedAt }: AdmissionRecord): boolean {
    const { clock, trackerKeptDays } = this.parts;
    return clock.now().getTime() - admittedAt.getTime() > trackerKeptDays * dayMs;
  }

  private async tracked(
    tenantId: string,
    onboardingId: string,
    page: TimelinePage,
  ): Promise<Tracked | 'away' | undefined> {
    try {
      const answer = await this.parts.tracker.get(`/v1/onboardings/${onboardingId}`, tenantId, page);
      return answer === undefined ? undefined : (trackedSchema.safeParse(answer).data ?? 'away');
    } catch (error) {
      if (error instanceof TrackerAway) return 'away';
      throw error;
    }
  }

  private async ibanFor(
    caller: Pick<ApiKey, 'scopes'>,
    { onboardingId, tenantId }: AdmissionRecord,
  ): Promise<{ iban?: string }> {
    if (!caller.scopes.includes('iban:read')) return {};
    const iban = await fromVault(this.parts.vault.forTenant(tenantId).iban(onboardingId));
    return iban === undefined ? {} : { iban };
  }
}

function isTold(tracked: Tracked | 'away' | undefined): tracked is Tracked {
  return tracked !== undefined && tracked !== 'away';
}
