import { describe, expect, it } from '@jest/globals';
import type { ApplicantKind } from '#contracts/contract.js';
import { onboardingVerified } from '#contracts/events.js';
import { RecordingSteps } from '#stage/testing/recording-steps.js';
import { applicantsOf, eventOf, finhubOf, requestOf } from '../../test/handler-parts.js';
import { ConsentHandler } from './consent.handler.js';

async function consent(kind: ApplicantKind) {
  const request = requestOf(kind);
  const accepted: unknown[] = [];
  const finhub = finhubOf({
    acceptConsent: async (given) => {
      accepted.push(given);
      return { isAccepted: true };
    },
  });
  const steps = new RecordingSteps();
  const reversed = { ...request, consents: request.consents.toReversed() };
  const handler = new ConsentHandler(applicantsOf(reversed), finhub);
  const event = eventOf(onboardingVerified, onboardingVerified.example, kind);
  return { fact: await handler.consent(event, steps), steps, accepted, request };
}

describe('consent', () => {
  it('accepts terms, privacy and data processing in this order', async () => {
    const { steps } = await consent('individual');
    expect(steps.names).toEqual(['consent:terms', 'consent:privacy', 'consent:data-processing']);
  });

  it('gives FinHub the evidence that the upstream gave', async () => {
    const { accepted, request } = await consent('individual');
    expect(accepted).toMatchObject(request.consents.map((given) => ({ consent: given })));
    expect(accepted[0]).toMatchObject({ signatory: undefined });
  });

  it('of an organization is signed by its representative', async () => {
    const { accepted } = await consent('organization');
    expect(accepted).toHaveLength(3);
    for (const given of accepted)
      expect(given).toMatchObject({ signatory: { email: 'jonas@baltic-demo.example.test' } });
  });

  it('hands on what was accepted and when, but neither address, device nor signatory', async () => {
    const { fact } = await consent('organization');
    expect(fact).toMatchObject({
      contract: { type: 'onboarding.consented.v1' },
      data: { consents: [{ type: 'terms', version: '1.0', acceptedAt: '2026-01-15T09:30:00Z' }, {}, {}] },
    });
    expect(JSON.stringify(fact.data)).not.toMatch(/192\.0\.2|Mozilla|jonas/u);
  });
});
