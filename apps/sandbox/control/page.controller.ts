import { Controller, Get, Header, Inject } from '@nestjs/common';
import { CLOCK, type Clock } from '#platform/clock.js';
import { stateAt } from '../activation/activation.rules.js';
import { consentPaths } from '../consents/consent.rules.js';
import { Faults } from '../faults/faults.js';
import type { Customer } from '../state/customer.js';
import { Ledger } from '../state/ledger.js';
import { State } from '../state/state.js';
import { Tenants } from '../tenants.js';
import { overallStatus } from '../verifications/verification.rules.js';
import { Verifications } from '../verifications/verifications.js';
import { pageHtml, type CustomerRow } from './page.rules.js';

const rowsMax = 200;

/** What is going on here, for people. */
@Controller()
export class PageController {
  constructor(
    private readonly state: State,
    private readonly verifications: Verifications,
    private readonly tenants: Tenants,
    private readonly faults: Faults,
    private readonly ledger: Ledger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'")
  show(): string {
    const newest = [...this.state.customers.all()].slice(-rowsMax).reverse();
    return pageHtml({
      customerCount: this.state.customers.size,
      customers: newest.map((customer) => this.rowOf(customer)),
      faults: this.faults
        .all()
        .map(({ endpoint, kind, struck, times }) => ({ endpoint, kind, struck, times })),
      effects: Object.entries(this.ledger.totals()).map(([kind, total]) => ({ kind, ...total })),
      doubled: this.ledger.doubled().length,
    });
  }

  private rowOf(customer: Customer): CustomerRow {
    const { employees, directors, shareholders, consents } = customer;
    const verifications = this.verifications.of(customer);
    const accepted = consentPaths.filter((path) => consents[path]?.status === 'ACCEPTED');
    return {
      registeredAt: new Date(customer.registeredAt).toISOString(),
      tenant: this.tenants.find(customer.tenantId)?.name ?? '',
      kind: customer.kind,
      email: customer.email,
      name: customer.name,
      state: stateAt(customer, this.clock.now().getTime()),
      verification: overallStatus(verifications),
      consents: `${accepted.length} of ${consentPaths.length}`,
      personnel:
        customer.kind === 'individual'
          ? ''
          : [employees, directors, shareholders].map(({ length }) => length).join(' + '),
      documents:
        customer.documents.length + verifications.reduce((sum, each) => sum + each.documents.length, 0),
      tags: customer.tags.join(' '),
    };
  }
}
