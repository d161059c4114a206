import { z } from 'zod';
import { addToLogContext } from '#platform/log-context.js';
import type { AdmissionRecord } from '#vault/admission.js';
import type { Vault } from '#vault/vault.js';
import { everyTenant, type ApiKey } from '../api-keys/api-key.js';
import { readParameters } from '../http/read-input.js';
import { onboardingUnknown, unknownToEveryTenant } from '../http/refusal.js';
import { namesOf } from '../publishing/gateway-records.js';
import type { TrackerClient } from '../tracker/tracker-client.js';

const pathSchema = z.object({ onboardingId: z.uuid() });
const tenantSchema = z.object({ tenantId: z.string() });

/** Finds the onboarding that a call is about, by the vault's word: it knows it from the first moment on. */
export class OnboardingFinder {
  constructor(
    private readonly vault: Pick<Vault, 'forTenant'>,
    private readonly tracker: Pick<TrackerClient, 'get'>,
  ) {}

  /** The admitted onboarding of the path. Throws 404 where there is none that the caller may see, 400 for what is no id. */
  async ofPath(caller: Pick<ApiKey, 'tenantId'>, path: unknown): Promise<AdmissionRecord> {
    const { onboardingId } = readParameters(pathSchema, path);
    const admission = await this.find(caller, onboardingId.toLowerCase());
    if (admission === undefined) throw this.unknown(caller);
    return admission;
  }

  /** The admitted onboarding with that id; `undefined` where there is none that the caller may see. */
  async find(caller: Pick<ApiKey, 'tenantId'>, onboardingId: string): Promise<AdmissionRecord | undefined> {
    addToLogContext(namesOf(onboardingId));
    const tenantId = caller.tenantId === everyTenant ? await this.tenantOf(onboardingId) : caller.tenantId;
    return tenantId === undefined ? undefined : this.vault.forTenant(tenantId).admissionById(onboardingId);
  }

  /** 404; a caller of every tenant, who could name the tenant, is told so. */
  unknown({ tenantId }: Pick<ApiKey, 'tenantId'>): Error {
    return tenantId === everyTenant ? unknownToEveryTenant() : onboardingUnknown();
  }

  /**
   * The vault shows a tenant's rows to that tenant only. Of an id alone, the tracker knows whose it is, while it keeps its
   * history.
   */
  private async tenantOf(onboardingId: string): Promise<string | undefined> {
    const tracked = await this.tracker.get(`/v1/onboardings/${onboardingId}`, everyTenant, { limit: '1' });
    return tenantSchema.safeParse(tracked).data?.tenantId;
  }
}
