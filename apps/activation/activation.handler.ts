import { Controller } from '@nestjs/common';
import type { Fact } from '#contracts/contract.js';
import type { OnboardingEvent } from '#contracts/envelope.js';
import { onboardingActivated, onboardingConsented, type Consented } from '#contracts/events.js';
import { FinhubClient } from '#finhub-client/client.js';
import { Handles } from '#stage/handles.js';
import { NotYet, Steps, type Call } from '#stage/steps.js';
import { Applicants } from '#stage-service/applicants.js';
import { Vault } from '#vault/vault.js';
import { foundByWallet, readinessPolicy, walletPolicy } from './activation.rules.js';

/** Customer with consents in, active customer with an IBAN out. The IBAN itself goes to the vault. */
@Controller()
export class ActivationHandler {
  constructor(
    private readonly applicants: Applicants,
    private readonly finhub: FinhubClient,
    private readonly vault: Vault,
  ) {}

  @Handles(onboardingConsented, { from: 'consent' })
  async activate(event: OnboardingEvent<Consented>, steps: Steps): Promise<Fact> {
    const { customerId } = event.data;
    const customer = { kind: event.applicantKind, customerId };
    const finhub = this.finhub.tenant(event.tenantId);
    const isReady = async (call: Call) => {
      const { isAllowed, missing } = await finhub.readiness(customer, call);
      return isAllowed ? {} : new NotYet('waiting_for_readiness', missing);
    };
    await steps.poll('readiness', isReady, readinessPolicy);
    await steps.once('activate', (call) => this.send(event, call), {
      find: async (call) => foundByWallet(await finhub.wallet(customer, call)),
    });
    const { walletId } = await steps.poll('wallet', (call) => this.wallet(event, call), walletPolicy);
    return onboardingActivated({ customerId, walletId });
  }

  private async send(event: OnboardingEvent<Consented>, call: Call): Promise<{ state: string }> {
    const { customerId, actingUserId } = event.data;
    const finhub = this.finhub.tenant(event.tenantId);
    const request = await this.applicants.request(event.onboardingId);
    const common = { code: request.activationCode, origin: request.consents[0] };
    if (request.kind === 'individual')
      return finhub.activateIndividual({ customerId, email: request.individual.email, ...common }, call);
    const reason = 'Onboarding completed';
    const asAdmin = { actingUserId, roles: ['ADMIN_USER'] };
    return finhub.activateOrganization({ organizationId: customerId, ...asAdmin, reason, ...common }, call);
  }

  private async wallet(
    event: OnboardingEvent<Consented>,
    call: Call,
  ): Promise<{ walletId: string } | NotYet> {
    const customer = { kind: event.applicantKind, customerId: event.data.customerId };
    const wallet = await this.finhub.tenant(event.tenantId).wallet(customer, call);
    if (wallet?.iban === undefined) return new NotYet('waiting_for_wallet');
    await this.vault.keepIban(event.onboardingId, wallet.iban);
    return { walletId: wallet.walletId };
  }
}
