import { Body, Param } from '@nestjs/common';
import { answer, type Answer } from '../http/answer.js';
import { TheCall, type Call } from '../http/call.js';
import { FinhubCall, FinhubController } from '../http/finhub-controller.js';
import type { ConsentPath, Customer } from '../state/customer.js';
import { Customers } from '../state/customers.js';
import { shownConsent } from './consent.rules.js';
import { Consents } from './consents.js';

/** c.2.6 and c.3.10 */
@FinhubController('v2.1/customer')
export class ConsentsController {
  constructor(
    private readonly consents: Consents,
    private readonly customers: Customers,
  ) {}

  @FinhubCall('POST', 'individual/:customerId/consents/:consentType', { bearer: 'any' })
  ofIndividual(
    @TheCall() call: Call,
    @Param() path: { customerId: string; consentType: ConsentPath },
    @Body() body: { version: string },
  ): Answer {
    const customer = this.customers.get(call, path.customerId, 'individual');
    return this.accept(call, customer, { path: path.consentType, version: body.version });
  }

  @FinhubCall('POST', 'organization/:organizationId/consents/:consentType', { bearer: 'any' })
  ofOrganization(
    @TheCall() call: Call,
    @Param() path: { organizationId: string; consentType: ConsentPath },
    @Body() body: { version: string },
  ): Answer {
    const customer = this.customers.get(call, path.organizationId, 'organization');
    return this.accept(call, customer, { path: path.consentType, version: body.version });
  }

  private accept(call: Call, customer: Customer, given: { path: ConsentPath; version: string }): Answer {
    return answer(shownConsent(customer, given.path, this.consents.accept(call, customer, given)));
  }
}
