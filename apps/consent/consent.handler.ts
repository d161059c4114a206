import { Controller } from '@nestjs/common';
import type { Fact } from '#contracts/contract.js';
import type { OnboardingEvent } from '#contracts/envelope.js';
import { onboardingConsented, onboardingVerified, type Verified } from '#contracts/events.js';
import { FinhubClient } from '#finhub-client/client.js';
import { Handles } from '#stage/handles.js';
import { Steps } from '#stage/steps.js';
import { Applicants } from '#stage-service/applicants.js';
import { inFinhubsOrder, signatoryOf } from './consent.rules.js';

/** Verified customer in, customer with three consents out. */
@Controller()
export class ConsentHandler {
  constructor(
    private readonly applicants: Applicants,
    private readonly finhub: FinhubClient,
  ) {}

  @Handles(onboardingVerified, { from: 'verification' })
  async consent(event: OnboardingEvent<Verified>, steps: Steps): Promise<Fact> {
    const { customerId, userId, actingUserId } = event.data;
    const finhub = this.finhub.tenant(event.tenantId);
    const request = await this.applicants.request(event.onboardingId);
    const consents = inFinhubsOrder(request.consents);
    const customer = { kind: event.applicantKind, customerId, signatory: signatoryOf(request) };
    for (const consent of consents)
      await steps.repeatable(
        `consent:${consent.type}`,
        (call) => finhub.acceptConsent({ ...customer, consent }, call),
        { input: consent },
      );
    const accepted = consents.map(({ type, version, acceptedAt }) => ({ type, version, acceptedAt }));
    return onboardingConsented({ customerId, userId, actingUserId, consents: accepted });
  }
}
