import { Body, Param } from '@nestjs/common';
import type { components } from '#finhub-client/openapi-types.js';
import { requiredTypes, shownDocument, type NewDocument } from '../documents/document.rules.js';
import { answer, type Answer } from '../http/answer.js';
import { TheCall, type Call } from '../http/call.js';
import { FinhubCall, FinhubController } from '../http/finhub-controller.js';
import { forbidden, refuseInvalid } from '../http/refusal.js';
import type { Verification } from '../state/customer.js';
import { Customers } from '../state/customers.js';
import { shownVerification } from './verification.rules.js';
import { Verifications } from './verifications.js';

type NewVerification = components['schemas']['NewVerification'];
type NewOrganizationVerification = components['schemas']['NewOrganizationVerification'];
type NewCustomerVerification = components['schemas']['NewCustomerVerification'];
type Decision = components['schemas']['Decision'];

/** The gen 1 names of how thorough a check is, as levels of today (c.2.4, c.3.9). */
const levels = {
  STANDARD: 'TENANT_VERIFIED',
  SIMPLIFIED: 'TENANT_VERIFIED',
  ENHANCED: 'POWER_TENANT_VERIFIED',
};

/** c.2.3, c.2.4, c.3.8, c.3.9 and c.4 */
@FinhubController('v2.1')
export class VerificationsController {
  constructor(
    private readonly verifications: Verifications,
    private readonly customers: Customers,
  ) {}

  @FinhubCall('POST', 'verifications', { bearer: 'any' })
  open(@TheCall() call: Call, @Body() body: NewVerification): Answer {
    checkTenant(call, body.requestedByTenantId);
    const customer = this.customers.get(call, body.customerId);
    const opening = { type: body.type, level: body.requestedLevel };
    const data = this.shown(call, this.verifications.open(call, customer, opening));
    // Gen 3's wider envelope (U1).
    return { success: true, ...answer(data, 'Verification process started'), timestamp: data.startedAt };
  }

  @FinhubCall('POST', 'customer/individual/:customerId/verification', { bearer: 'any' })
  openForIndividual(
    @TheCall() call: Call,
    @Param('customerId') id: string,
    @Body() body: NewCustomerVerification,
  ): Answer {
    return this.openIndividual(call, id, levels[body.verificationType]);
  }

  @FinhubCall('POST', 'customer/individual/:customerId/verification/initiate', { bearer: 'any' })
  initiate(@TheCall() call: Call, @Param('customerId') id: string): Answer {
    return this.openIndividual(call, id, levels.STANDARD);
  }

  @FinhubCall('POST', 'customer/organization/:organizationId/verify', { bearer: 'any', actingUser: true })
  openForOrganization(
    @TheCall() call: Call,
    @Param('organizationId') id: string,
    @Body() body: NewOrganizationVerification,
  ): Answer {
    if (body.customerId !== id)
      refuseInvalid([{ field: 'customerId', message: "is not the path's organization" }]);
    checkTenant(call, body.requestedByTenantId);
    const customer = this.customers.get(call, id, 'organization');
    const opening = { type: body.type, level: body.requestedLevel };
    return answer(this.shown(call, this.verifications.open(call, customer, opening)));
  }

  @FinhubCall('GET', 'customer/organization/:organizationId/verification/requirements', { bearer: 'any' })
  requirements(@TheCall() call: Call, @Param('organizationId') id: string): Answer {
    const customer = this.customers.get(call, id, 'organization');
    const requiredDocuments = requiredTypes(this.verifications.ownerOf(customer));
    return answer({ organizationId: id, verificationLevel: levels.STANDARD, requiredDocuments });
  }

  @FinhubCall('GET', 'verifications/:verificationId', { bearer: 'any' })
  view(@TheCall() call: Call, @Param('verificationId') id: string): Answer {
    return answer(this.shown(call, this.verifications.get(call, id)));
  }

  @FinhubCall('POST', 'verifications/:verificationId/documents', { bearer: 'any' })
  upload(@TheCall() call: Call, @Param('verificationId') id: string, @Body() body: NewDocument): Answer {
    return answer(shownDocument(this.verifications.upload(call, id, body), false));
  }

  @FinhubCall('POST', 'verifications/:verificationId/approve', { bearer: 'admin' })
  approve(@TheCall() call: Call, @Param('verificationId') id: string, @Body() body: Decision): Answer {
    return this.decide(call, id, body);
  }

  /** The alias of U8; its body says no more than why. */
  @FinhubCall('POST', 'verifications/:verificationId/reject', { bearer: 'admin' })
  reject(
    @TheCall() call: Call,
    @Param('verificationId') id: string,
    @Body() body?: Partial<Decision>,
  ): Answer {
    return this.decide(call, id, { verificationId: id, ...body, status: 'REJECTED' });
  }

  private openIndividual(call: Call, id: string, level: string): Answer {
    const customer = this.customers.get(call, id, 'individual');
    const opening = { type: 'IDENTITY_VERIFICATION', level };
    return answer(this.shown(call, this.verifications.open(call, customer, opening)));
  }

  private decide(call: Call, id: string, body: Decision): Answer {
    const { customerId } = this.verifications.get(call, id);
    const repeats = { verificationId: id, customerId, organizationId: customerId } as const;
    refuseInvalid(
      Object.entries(repeats)
        .filter(([field, right]) => (body[field as keyof typeof repeats] ?? right) !== right)
        .map(([field]) => ({ field, message: 'is not that of the verification' })),
    );
    const by = body.userId ?? call.session?.userId ?? 'admin';
    const after = this.verifications.decide(call, id, { status: body.status, by });
    return answer(this.shown(call, after));
  }

  private shown(call: Call, verification: Verification) {
    const customer = this.customers.get(call, verification.customerId);
    return shownVerification(verification, requiredTypes(this.verifications.ownerOf(customer)));
  }
}

function checkTenant({ tenant }: Call, named: string): void {
  if (named !== tenant.tenantId)
    throw forbidden('TENANT_MISMATCH', "requestedByTenantId is not the tenant's UUID");
}
