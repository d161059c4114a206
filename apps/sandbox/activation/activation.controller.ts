import { Body, Inject, Param, Query } from '@nestjs/common';
import { CLOCK, type Clock } from '#platform/clock.js';
import { answer, type Answer } from '../http/answer.js';
import { TheCall, type Call } from '../http/call.js';
import { FinhubCall, FinhubController } from '../http/finhub-controller.js';
import { forbidden } from '../http/refusal.js';
import { Customers } from '../state/customers.js';
import { stateAt } from './activation.rules.js';
import { Activations } from './activations.js';
import { shownWallet } from './wallet.rules.js';

const kinds = { B2C: 'individual', B2B: 'organization' } as const;

/** c.2.7, c.2.8, c.3.11 to c.3.13 and c.7 */
@FinhubController('v2.1')
export class ActivationController {
  constructor(
    private readonly activations: Activations,
    private readonly customers: Customers,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @FinhubCall('GET', 'customer/individual/:customerId/owner/:ownerTenantId/activation/check', {
    bearer: 'any',
  })
  checkIndividual(
    @TheCall() call: Call,
    @Param() path: { customerId: string; ownerTenantId: string },
  ): Answer {
    if (path.ownerTenantId !== call.tenant.tenantId)
      throw forbidden('TENANT_MISMATCH', 'ownerTenantId is another tenant');
    return answer(this.activations.readiness(this.customers.get(call, path.customerId, 'individual')));
  }

  @FinhubCall('GET', 'customer/organization/:organizationId/activation/readiness', { bearer: 'any' })
  checkOrganization(@TheCall() call: Call, @Param('organizationId') id: string): Answer {
    return answer(this.activations.readiness(this.customers.get(call, id, 'organization')));
  }

  @FinhubCall('POST', 'customer/individual/:customerId/activation', { bearer: 'admin' })
  activateIndividual(
    @TheCall() call: Call,
    @Param('customerId') id: string,
    @Body() body: { userId: string },
  ): Answer {
    this.activations.activateIndividual(call, this.customers.get(call, id, 'individual'), body.userId);
    return answer({});
  }

  @FinhubCall('POST', 'customer/organization/:organizationId/activation', {
    bearer: 'admin',
    actingUser: true,
  })
  activateOrganization(@TheCall() call: Call, @Param('organizationId') id: string): Answer {
    const organization = this.customers.get(call, id, 'organization');
    const warnings = this.activations.activateOrganization(call, organization);
    const polling = `The wallet is made asynchronously: poll /api/v2.1/customer/organization/${id}/wallet-status`;
    const activatedAt = this.clock.now().toISOString();
    return answer({
      activation: {
        message: 'Activation started',
        status: 'ACTIVATING',
        activatedAt,
        warnings: [...warnings, polling],
      },
    });
  }

  @FinhubCall('GET', 'customer/organization/:organizationId/wallet-status', { bearer: 'any' })
  walletStatus(@TheCall() call: Call, @Param('organizationId') id: string): Answer {
    const organization = this.customers.get(call, id, 'organization');
    const { walletId, status, ...rest } = this.activations.wallet(organization);
    const state = stateAt(organization, this.clock.now().getTime());
    const organizationStatus = state === 'REGISTERED' ? 'PENDING_ACTIVATION' : state;
    return answer({ status, walletStatus: status, organizationStatus, walletId, ...rest });
  }

  @FinhubCall('GET', 'wallets/customer/:customerId', { bearer: 'any' })
  wallets(
    @TheCall() call: Call,
    @Param('customerId') id: string,
    @Query('customerType') customerType: keyof typeof kinds,
  ): Answer {
    const customer = this.customers.get(call, id, kinds[customerType]);
    return answer([shownWallet(customer, this.activations.wallet(customer))]);
  }
}
