import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#platform/clock.js';
import type { Call } from '../http/call.js';
import { SETTINGS, type SandboxSettings } from '../sandbox.settings.js';
import { consentTypes, type Consent, type ConsentPath, type Customer } from '../state/customer.js';
import { Customers } from '../state/customers.js';
import { Ledger } from '../state/ledger.js';
import { Webhooks } from '../webhooks/webhooks.js';
import { withConfirmedConsents, withConsent } from './consent.rules.js';

/** Takes consents, any time after registration and in any order (U10b, U31). */
@Injectable()
export class Consents {
  constructor(
    private readonly customers: Customers,
    private readonly ledger: Ledger,
    private readonly webhooks: Webhooks,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: SandboxSettings,
  ) {}

  accept(call: Call, before: Customer, given: { path: ConsentPath; version: string }): Consent {
    const { path, version } = given;
    const nowMs = this.clock.now().getTime();
    const isPending =
      before.tags.includes('consent-pending') || this.settings.SANDBOX_SWITCHES.includes('consent-pending');
    const { ipAddress, userAgent } = call.origin;
    const grant = { id: randomUUID(), version, nowMs, ipAddress, userAgent, isPending };
    const after = this.customers.save(withConsent(before, path, grant));
    const consent = after.consents[path];
    if (!consent) throw new Error('the consent that was just given is not there');
    this.ledger.record({
      kind: 'consent',
      tenantId: after.tenantId,
      key: `${after.id}:${consentTypes[path]}`,
      objectId: consent.id,
      at: nowMs,
    });
    if (after !== before && !isPending) this.tell(after, path);
    return consent;
  }

  /** What the readiness check does to pending consents (U10). */
  confirmPending(before: Customer): Customer {
    const { customer, confirmed } = withConfirmedConsents(before);
    if (confirmed.length === 0) return before;
    const after = this.customers.save(customer);
    for (const path of confirmed) this.tell(after, path);
    return after;
  }

  private tell({ id, tenantId }: Customer, path: ConsentPath): void {
    this.webhooks.emit(tenantId, 'consent.accepted', { customerId: id, consentType: consentTypes[path] });
  }
}
