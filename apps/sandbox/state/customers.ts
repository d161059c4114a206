import { Injectable } from '@nestjs/common';
import type { Call } from '../http/call.js';
import { forbidden, notFound } from '../http/refusal.js';
import type { Customer, CustomerKind } from './customer.js';
import { State } from './state.js';

/** The customers of all tenants. A tenant sees its own only; so does a customer with a token of its own. */
@Injectable()
export class Customers {
  private readonly byEmail = new Map<string, string>();
  private readonly byRegistrationNumber = new Map<string, string>();

  constructor(private readonly state: State) {
    for (const customer of state.customers.all()) this.index(customer);
  }

  /** Throws 404 where this tenant has no such customer, 403 where the token is another customer's. */
  get(call: Call, id: string, kind?: CustomerKind): Customer {
    const customer = this.state.customers.get(id);
    const isHere = customer?.tenantId === call.tenant.tenantId && (!kind || customer.kind === kind);
    if (!customer || !isHere) throw notFound(kind === 'organization' ? 'Organization' : 'Customer');
    if (call.session?.userType === 'CONSUMER' && call.session.customerId !== id)
      throw forbidden('NOT_YOUR_CUSTOMER', 'The token belongs to another customer');
    return customer;
  }

  /** For logins, which come before any token. */
  find(tenantId: string, id: string): Customer | undefined {
    const customer = this.state.customers.get(id);
    return customer?.tenantId === tenantId ? customer : undefined;
  }

  withEmail(tenantId: string, email: string): Customer | undefined {
    return this.state.customers.get(this.byEmail.get(keyOf(tenantId, email)) ?? '');
  }

  withRegistrationNumber(tenantId: string, number: string): Customer | undefined {
    return this.state.customers.get(this.byRegistrationNumber.get(keyOf(tenantId, number)) ?? '');
  }

  save(customer: Customer): Customer {
    this.index(customer);
    return this.state.customers.put(customer.id, customer);
  }

  forget(): void {
    this.byEmail.clear();
    this.byRegistrationNumber.clear();
  }

  private index({ id, tenantId, email, registrationNumber }: Customer): void {
    this.byEmail.set(keyOf(tenantId, email), id);
    if (registrationNumber) this.byRegistrationNumber.set(keyOf(tenantId, registrationNumber), id);
  }
}

function keyOf(tenantId: string, value: string): string {
  return `${tenantId} ${value.trim().toLowerCase()}`;
}
