import { HttpStatus } from '@nestjs/common';
import type { Refused } from '#contracts/events.js';
import { onboardingIdOf } from '#contracts/onboarding-id.js';
import type { Clock } from '#platform/clock.js';
import { addToLogContext } from '#platform/log-context.js';
import { currentTraceparent } from '#platform/tracing.js';
import type { AdmissionVerdict } from '#vault/admission.js';
import type { Vault } from '#vault/vault.js';
import { earlyUploadErrors } from '../documents/document.rules.js';
import { refusal } from '../http/refusal.js';
import type { BoundedPublisher } from '../publishing/bounded-publisher.js';
import { namesOf, type GatewayRecords, type Onboarding } from '../publishing/gateway-records.js';
import {
  checkSubmission,
  faulty,
  type CheckedSubmission,
  type FaultySubmission,
} from './submission.rules.js';
import type { UnpublishedStore } from './unpublished-store.js';

/** What a submission works with. */
export interface SubmissionParts {
  readonly vault: Vault;
  readonly unpublished: UnpublishedStore;
  readonly publisher: BoundedPublisher;
  readonly records: GatewayRecords;
  readonly clock: Clock;
}

/** What became of a submission. */
export interface Submitted {
  readonly onboarding: Onboarding;
  /** False for a repeat of an admitted request. */
  readonly isNew: boolean;
}

/**
 * Takes requests in. Once {@link submit} has answered, the request is in the vault and its event on Kafka; when it could not
 * answer, either nothing was admitted or the sweeper publishes what was.
 */
export class Submission {
  constructor(private readonly parts: SubmissionParts) {}

  /** Only validates. Throws 422 with **all** errors, each with its pointer. */
  async check(tenantId: string, body: unknown): Promise<void> {
    const checked = await this.judge(tenantId, body);
    if ('errors' in checked) throw invalid(checked);
  }

  /**
   * Admits a request, then publishes its event. Throws 422 with all errors; 409 where the id is in use with another body; 410
   * where the person was erased; 503 where Kafka does not answer: the request is admitted all the same, and a repeat, or the
   * sweeper, publishes it.
   */
  async submit(tenantId: string, body: unknown): Promise<Submitted> {
    const checked = await this.judge(tenantId, body);
    if (!('errors' in checked)) return this.admit(tenantId, checked);
    const { event } = checked;
    if (event !== undefined)
      await this.announce(onboardingOf(tenantId, event.requestId, event.applicantKind), {
        code: 'request_malformed',
        ...(event.errors.length === 0 ? {} : { errors: [...event.errors] }),
      });
    throw invalid(checked);
  }

  private async judge(tenantId: string, body: unknown): Promise<CheckedSubmission | FaultySubmission> {
    const { clock, vault } = this.parts;
    const checked = checkSubmission(body, clock.now().toISOString().slice(0, 10));
    if ('errors' in checked) return checked;
    const onboardingId = onboardingIdOf(tenantId, checked.requestId);
    addToLogContext(namesOf(onboardingId));
    const uploaded = await vault.forTenant(tenantId).documents(onboardingId);
    const errors = earlyUploadErrors(onboardingId, checked.request.documents, uploaded);
    return errors.length === 0 ? checked : faulty(body, errors);
  }

  private async admit(tenantId: string, { requestId, request }: CheckedSubmission): Promise<Submitted> {
    const onboarding = onboardingOf(tenantId, requestId, request.kind);
    const { unpublished, vault } = this.parts;
    // Before the admission: a crash right after it leaves this row behind, and the sweeper publishes.
    const rowId = await unpublished.add(onboarding, currentTraceparent());
    const [verdict] = await vault.forTenant(tenantId).admit([{ ...onboarding, body: request }]);
    if (verdict === 'new') {
      await this.publish(onboarding);
      return { onboarding, isNew: true };
    }
    const { hasOthers } = await unpublished.remove(tenantId, rowId);
    if (verdict !== 'repeat') throw await this.refuse(onboarding, verdict);
    // Somebody admitted it and may not have published. Once more does no harm: it is the same event with the same id, and
    // the registration's inbox has one row per onboarding.
    if (hasOthers) await this.publish(onboarding);
    return { onboarding, isNew: false };
  }

  private async publish(onboarding: Onboarding): Promise<void> {
    const { vault, records, publisher, unpublished, clock } = this.parts;
    const admission = await vault.forTenant(onboarding.tenantId).admissionById(onboarding.onboardingId);
    const record = records.requested(onboarding, admission?.admittedAt ?? clock.now());
    await publisher.publish([record], () => unpublished.removeAll(onboarding));
  }

  private async refuse(onboarding: Onboarding, verdict: AdmissionVerdict | undefined): Promise<Error> {
    if (verdict === 'erased') return refusal(HttpStatus.GONE, 'request_erased');
    if (verdict !== 'conflict') return refusal(HttpStatus.UNPROCESSABLE_ENTITY, 'request_malformed');
    await this.announce(onboarding, { code: 'request_conflict' });
    return refusal(HttpStatus.CONFLICT, 'request_conflict');
  }

  /** Never throws: the caller is told anyway, and a refusal changes nothing that an event would have to follow. */
  private async announce(onboarding: Onboarding, refused: Refused): Promise<void> {
    const { publisher, records } = this.parts;
    addToLogContext(namesOf(onboarding.onboardingId));
    await publisher.publish([records.refused(onboarding, refused)]).catch(() => undefined);
  }
}

function invalid({ errors }: FaultySubmission): Error {
  return refusal(HttpStatus.UNPROCESSABLE_ENTITY, 'request_malformed', { errors });
}

function onboardingOf(
  tenantId: string,
  requestId: string,
  applicantKind: Onboarding['applicantKind'],
): Onboarding {
  return { onboardingId: onboardingIdOf(tenantId, requestId), tenantId, requestId, applicantKind };
}
