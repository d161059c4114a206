import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#platform/clock.js';
import { Consents } from '../consents/consents.js';
import { missingTypes } from '../documents/document.rules.js';
import type { Call } from '../http/call.js';
import { notFound } from '../http/refusal.js';
import { Magic } from '../magic/magic.js';
import { SETTINGS, type SandboxSettings } from '../sandbox.settings.js';
import type { Customer } from '../state/customer.js';
import { Customers } from '../state/customers.js';
import { Ledger } from '../state/ledger.js';
import { Schedule } from '../state/schedule.js';
import { State } from '../state/state.js';
import { Verifications } from '../verifications/verifications.js';
import { Webhooks } from '../webhooks/webhooks.js';
import {
  activatedIndividual,
  activatedOrganization,
  readiness,
  type ActivationContext,
  type ActivationFacts,
} from './activation.rules.js';
import { walletAt, type Wallet } from './wallet.rules.js';

/** The end of an onboarding: readiness, activation, and the wallet that comes of it. */
@Injectable()
export class Activations {
  constructor(
    state: State,
    private readonly customers: Customers,
    private readonly verifications: Verifications,
    private readonly consents: Consents,
    private readonly ledger: Ledger,
    private readonly magic: Magic,
    private readonly webhooks: Webhooks,
    private readonly schedule: Schedule,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: SandboxSettings,
  ) {
    for (const customer of state.customers.all())
      if (customer.isActivationUntold) this.tellOnceActive(customer);
  }

  /** Asking also confirms consents that are pending (U10). */
  readiness(customer: Customer): Record<string, unknown> {
    return readiness(this.factsOf(this.consents.confirmPending(customer)), this.context());
  }

  activateIndividual(call: Call, customer: Customer, userId: string): Customer {
    return this.done(call, activatedIndividual(this.factsOf(customer), userId, this.context()));
  }

  /** Gives the warnings that the switch `lenient-structure` makes of refusals (U18). */
  activateOrganization(call: Call, customer: Customer): string[] {
    const facts = this.factsOf(customer);
    const after = activatedOrganization(facts, call.origin.userRoles, this.context());
    this.done(call, after.customer);
    return after.warnings;
  }

  /** Throws 404 before everything that activation asks for is there (U43). */
  wallet(customer: Customer): Wallet {
    const isReady = readiness(this.factsOf(customer), this.context())['activationAllowed'] === true;
    const times = { nowMs: this.nowMs(), delayMs: this.settings.SANDBOX_WALLET_DELAY_MS };
    const wallet = walletAt(customer, isReady, times);
    if (!wallet) throw notFound('Wallet');
    return wallet;
  }

  private done(call: Call, activated: Customer): Customer {
    const customer = this.customers.save({ ...activated, isActivationUntold: true });
    this.ledger.record({
      kind: 'activation',
      tenantId: customer.tenantId,
      key: customer.id,
      objectId: customer.wallet.id,
      at: this.nowMs(),
    });
    this.tellOnceActive(customer);
    this.magic.afterEffect(call, customer, 'lost-activation');
    return customer;
  }

  private tellOnceActive({ id, tenantId, email, activeFrom = 0 }: Customer): void {
    this.schedule.after(activeFrom - this.nowMs(), () => {
      const now = this.customers.find(tenantId, id);
      if (!now) return;
      this.webhooks.emit(tenantId, 'customer.activated', { customerId: id, email });
      this.customers.save({ ...now, isActivationUntold: undefined });
    });
  }

  private factsOf(customer: Customer): ActivationFacts {
    const verifications = this.verifications.of(customer);
    const documents = [...verifications.flatMap((each) => each.documents), ...customer.documents];
    const missingDocuments = missingTypes(this.verifications.ownerOf(customer), documents);
    return { customer, verifications, missingDocuments };
  }

  private context(): ActivationContext {
    return {
      nowMs: this.nowMs(),
      delayMs: this.settings.SANDBOX_ACTIVATION_DELAY_MS,
      isLenient: this.settings.SANDBOX_SWITCHES.includes('lenient-structure'),
    };
  }

  private nowMs(): number {
    return this.clock.now().getTime();
  }
}
