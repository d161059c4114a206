import { Body, Inject } from '@nestjs/common';
import { answer, type Answer } from '../http/answer.js';
import { TheCall, type Call } from '../http/call.js';
import { FinhubCall, FinhubController } from '../http/finhub-controller.js';
import { SETTINGS, type SandboxSettings } from '../sandbox.settings.js';
import type { Customer } from '../state/customer.js';
import {
  individualRegistrant,
  organizationRegistrant,
  shownRegistration,
  type IndividualRegistration,
  type OrganizationRegistration,
} from './registration.rules.js';
import { Registrations } from './registrations.js';

/** c.2.2 and c.3.1 */
@FinhubController('v2.1/customer')
export class RegistrationController {
  constructor(
    private readonly registrations: Registrations,
    @Inject(SETTINGS) private readonly settings: SandboxSettings,
  ) {}

  @FinhubCall('POST', 'individual/registration', { bearer: 'admin' })
  individual(@TheCall() call: Call, @Body() body: IndividualRegistration): Answer {
    const customer = this.registrations.register(call, individualRegistrant(body, call.tenant));
    const message = 'B2C account created; continue on the activation page';
    return { ...answer(this.shown(customer), message), redirectUrl: '/auth/activate-account' };
  }

  @FinhubCall('POST', 'organization/registration', { bearer: 'admin' })
  organization(@TheCall() call: Call, @Body() body: OrganizationRegistration): Answer {
    const customer = this.registrations.register(call, organizationRegistrant(body, call.tenant));
    return answer(
      this.shown(customer),
      'Organization created; its default admin follows, personnel is added apart',
    );
  }

  private shown(customer: Customer): Record<string, unknown> {
    return shownRegistration(customer, this.settings.SANDBOX_SWITCHES.includes('show-activation-code'));
  }
}
