import { Controller } from '@nestjs/common';
import type { Fact } from '#contracts/contract.js';
import type { OnboardingEvent } from '#contracts/envelope.js';
import { onboardingRegistered, onboardingRejected, type RuleError } from '#contracts/events.js';
import type { OnboardingRequest } from '#contracts/request.js';
import { onboardingRequested, type Requested } from '#contracts/requested.js';
import { FinhubClient } from '#finhub-client/client.js';
import type { Registered } from '#finhub-client/registration.js';
import { failureOf, StepFailure } from '#stage/failure.js';
import { Handles } from '#stage/handles.js';
import { Steps, type Call } from '#stage/steps.js';
import { Applicants } from '#stage-service/applicants.js';
import { Vault } from '#vault/vault.js';
import { Categories } from './categories.js';
import { customerCreatedAfter, otherKind } from './registration.rules.js';

/** Request in, registered customer out. */
@Controller()
export class RegistrationHandler {
  private readonly categories: Categories;

  constructor(
    private readonly applicants: Applicants,
    private readonly vault: Vault,
    private readonly finhub: FinhubClient,
  ) {
    this.categories = new Categories(finhub);
  }

  @Handles(onboardingRequested)
  async register(event: OnboardingEvent<Requested>, steps: Steps): Promise<Fact> {
    const { onboardingId, tenantId } = event;
    const checked = await this.applicants.check(onboardingId);
    if ('errors' in checked) return invalid(checked.errors);
    const { request } = checked;
    if (request.kind !== event.applicantKind) return invalid([otherKind]);
    const category = await steps.repeatable('categories', (call) =>
      this.categories.choose(tenantId, request, call),
    );
    if (category === null) return onboardingRejected({ code: 'category_unknown', by: 'rules' });
    const customer = await steps.once('register', (call) => this.send(event, request, call), {
      needs: ['customerId'],
      input: { kind: request.kind, applicant: applicantOf(request), category },
      find: async (_, intent) =>
        (await this.isAlone(event, request))
          ? customerCreatedAfter(intent.at, steps.signals('customer.created'))
          : { state: 'repeat' },
    });
    await steps.repeatable('settle', async () => {
      await this.vault.rememberCustomer(onboardingId, customer.customerId);
      await this.vault.destroyPassword(onboardingId);
    });
    return onboardingRegistered(customer);
  }

  /** The same person may be asked for twice: then a webhook, which names the e-mail, does not say whose customer it is. */
  private async isAlone(
    { onboardingId, tenantId }: OnboardingEvent,
    request: OnboardingRequest,
  ): Promise<boolean> {
    const { email } = request.kind === 'individual' ? request.individual : request.organization;
    const sameEmail = await this.vault.findByEmail(tenantId, email);
    return sameEmail.every((other) => other.onboardingId === onboardingId);
  }

  /** In the category that FinHub has by now: the one that was chosen first may be days old, or corrected since. */
  private async send(
    { onboardingId, tenantId }: OnboardingEvent,
    request: OnboardingRequest,
    call: Call,
  ): Promise<Registered> {
    const tenant = this.finhub.tenant(tenantId);
    const category = await this.categories.choose(tenantId, request, call);
    if (category === null) throw new StepFailure('misconfigured', 'category_unknown');
    const password = await this.vault.password(onboardingId);
    const common = { category, password, origin: request.consents[0] };
    try {
      return request.kind === 'individual'
        ? await tenant.registerIndividual({ individual: request.individual, ...common }, call)
        : await tenant.registerOrganization({ organization: request.organization, ...common }, call);
    } catch (error) {
      if (failureOf(error)?.code === 'category_refused') this.categories.forget(tenantId);
      throw error;
    }
  }
}

function invalid(errors: RuleError[]): Fact {
  return onboardingRejected({ code: 'request_invalid', by: 'rules', errors });
}

/** The password is no input that a correction could change: it is destroyed once registration is settled. */
function applicantOf(request: OnboardingRequest): object {
  const { password: _, ...applicant } =
    request.kind === 'individual' ? request.individual : request.organization;
  return applicant;
}
