import { Injectable } from '@nestjs/common';
import { checkRequest } from '#contracts/request-rules.js';
import type { OnboardingRequest, OrganizationRequest } from '#contracts/request.js';
import type { RuleError } from '#contracts/events.js';
import type { Clock } from '#platform/clock.js';
import type { Vault } from '#vault/vault.js';

/** The requests of applicants, from the vault, for as long as a handler runs. */
@Injectable()
export class Applicants {
  constructor(
    private readonly vault: Vault,
    private readonly clock: Clock,
  ) {}

  /** The request, or all the rules that it breaks. */
  check(onboardingId: string): Promise<{ request: OnboardingRequest } | { errors: RuleError[] }> {
    return this.read(onboardingId);
  }

  /** The request of an onboarding that registration has checked. */
  async request(onboardingId: string): Promise<OnboardingRequest> {
    const checked = await this.read(onboardingId);
    if ('errors' in checked) throw new Error('the request in the vault breaks rules that it once obeyed');
    return checked.request;
  }

  async organization(onboardingId: string): Promise<OrganizationRequest> {
    const request = await this.request(onboardingId);
    if (request.kind !== 'organization') throw new Error('the request is of an individual');
    return request;
  }

  private async read(
    onboardingId: string,
  ): Promise<{ request: OnboardingRequest } | { errors: RuleError[] }> {
    const body = await this.vault.request(onboardingId);
    return checkRequest(body, this.clock.now().toISOString().slice(0, 10));
  }
}
