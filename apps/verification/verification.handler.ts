import { Controller } from '@nestjs/common';
import type { Fact } from '#contracts/contract.js';
import type { OnboardingEvent } from '#contracts/envelope.js';
import {
  onboardingRegistered,
  onboardingRejected,
  onboardingStaffed,
  onboardingVerified,
  type Registered,
  type Staffed,
} from '#contracts/events.js';
import type { OnboardingRequest } from '#contracts/request.js';
import { FinhubClient } from '#finhub-client/client.js';
import { Handles } from '#stage/handles.js';
import { Steps } from '#stage/steps.js';
import { Applicants } from '#stage-service/applicants.js';
import { Vault } from '#vault/vault.js';
import { Decision, type Level } from './decision.js';
import { Documents } from './documents.js';
import { identityOf, verificationOf } from './verification.rules.js';

/** Customer in, approved or rejected customer out. Only individuals come straight from registration. */
@Controller()
export class VerificationHandler {
  private readonly documents: Documents;
  private readonly decision: Decision;

  constructor(
    private readonly applicants: Applicants,
    private readonly finhub: FinhubClient,
    vault: Vault,
  ) {
    this.documents = new Documents(vault, finhub);
    this.decision = new Decision(finhub);
  }

  @Handles(onboardingRegistered, { applicantKind: 'individual', from: 'registration' })
  individual(event: OnboardingEvent<Registered>, steps: Steps): Promise<Fact> {
    const actingUserId = event.data.userId ?? this.finhub.tenant(event.tenantId).settings.adminUserId;
    return this.verify({ ...event, data: { ...event.data, actingUserId } }, steps);
  }

  @Handles(onboardingStaffed, { applicantKind: 'organization', from: 'personnel' })
  organization(event: OnboardingEvent<Staffed>, steps: Steps): Promise<Fact> {
    return this.verify(event, steps);
  }

  private async verify(
    event: OnboardingEvent<Registered & { actingUserId: string }>,
    steps: Steps,
  ): Promise<Fact> {
    const { customerId, userId, actingUserId } = event.data;
    const request = await this.applicants.request(event.onboardingId);
    const ready = await this.documents.await(event, request.documents, steps);
    const { verificationLevel: level = 'TENANT_VERIFIED' } = request;
    const { verificationId } = await this.open(event, { level, documents: request.documents }, steps);
    let known: readonly string[] = [];
    const origin = request.consents[0];
    for (const document of ready) {
      const upload = { event, verificationId, document, known, origin };
      const uploaded = await this.documents.upload(upload, steps);
      if (uploaded !== undefined) known = [...known, uploaded];
    }
    const { verdict, decidedBy } = await this.decision.await(event, { verificationId, level }, steps);
    if (verdict === 'rejected')
      return onboardingRejected({ code: 'verification_rejected', by: 'finhub', customerId });
    return onboardingVerified({
      customerId,
      userId,
      actingUserId,
      verificationId,
      decidedBy,
      documents: known.length,
    });
  }

  private open(
    {
      tenantId,
      applicantKind: kind,
      data: { customerId, actingUserId },
    }: OnboardingEvent<Registered & { actingUserId: string }>,
    { level, documents }: { readonly level: Level; readonly documents: OnboardingRequest['documents'] },
    steps: Steps,
  ): Promise<{ verificationId: string }> {
    const identity = identityOf(documents);
    const finhub = this.finhub.tenant(tenantId);
    return steps.once(
      'open-verification',
      (call) => finhub.openVerification({ kind, customerId, actingUserId, level, identity }, call),
      {
        needs: ['verificationId'],
        input: { customerId, level },
        find: async (call, intent) =>
          verificationOf(
            await finhub.verificationStatus({ kind, customerId }, call),
            intent.at,
            steps.signals('verification.submitted'),
          ),
      },
    );
  }
}
