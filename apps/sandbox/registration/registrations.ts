import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#platform/clock.js';
import { categoriesOf, chosenCategory } from '../categories/categories.rules.js';
import type { Call } from '../http/call.js';
import { conflict } from '../http/refusal.js';
import { Magic } from '../magic/magic.js';
import { SETTINGS, type SandboxSettings } from '../sandbox.settings.js';
import { hashPassword } from '../sessions/password.js';
import type { Customer } from '../state/customer.js';
import { Customers } from '../state/customers.js';
import { Ledger } from '../state/ledger.js';
import { Webhooks } from '../webhooks/webhooks.js';
import { registered, type Registrant } from './registration.rules.js';

/** Makes customers; the only call that FinHub guards against a repeat (U24). */
@Injectable()
export class Registrations {
  constructor(
    private readonly customers: Customers,
    private readonly ledger: Ledger,
    private readonly magic: Magic,
    private readonly webhooks: Webhooks,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: SandboxSettings,
  ) {}

  /** Throws 409 for an e-mail or registration number that the tenant has, 400 for a category that it has not. */
  register(call: Call, registrant: Registrant): Customer {
    const { tenant } = call;
    const categories = categoriesOf(tenant, this.settings.SANDBOX_SEED);
    const category = chosenCategory(categories, registrant.kind, registrant.category);
    this.magic.beforeRegistration(tenant.tenantId, registrant.email, registrant.tags);
    this.refuseDuplicate(tenant.tenantId, registrant);
    const customer = this.customers.save(
      registered(registrant, {
        tenantId: tenant.tenantId,
        categoryId: category.databaseId,
        ...this.chance(registrant),
      }),
    );
    this.ledger.record({
      kind: 'register',
      tenantId: tenant.tenantId,
      key: `${tenant.tenantId}:${customer.email.toLowerCase()}`,
      objectId: customer.id,
      at: customer.registeredAt,
    });
    this.tell(customer);
    this.magic.afterEffect(call, customer, 'lost-answer', 'lost-answer-webhook');
    return customer;
  }

  private chance(registrant: Registrant) {
    const nowMs = this.clock.now().getTime();
    const delayMs = registrant.kind === 'organization' ? this.settings.SANDBOX_ADMIN_LOGIN_DELAY_MS : 0;
    const passwordHash = hashPassword(registrant.password);
    return { nowMs, newId: randomUUID, passwordHash, loginFrom: nowMs + delayMs };
  }

  private refuseDuplicate(tenantId: string, { email, registrationNumber }: Registrant): void {
    const sameEmail = this.customers.withEmail(tenantId, email);
    const sameNumber =
      registrationNumber && this.customers.withRegistrationNumber(tenantId, registrationNumber);
    const first = sameEmail ?? sameNumber;
    if (!first) return;
    const more = this.settings.SANDBOX_SWITCHES.includes('conflict-shows-customer')
      ? { customerId: first.id }
      : {};
    if (sameEmail) throw conflict('DUPLICATE_EMAIL', 'A customer with this e-mail exists', more);
    throw conflict('DUPLICATE_REGISTRATION_NUMBER', 'This registration number is taken', more);
  }

  private tell({ id, email, tenantId, tags }: Customer): void {
    if (tags.includes('lost-answer')) return;
    this.webhooks.emit(tenantId, 'customer.created', { customerId: id, email });
  }
}
