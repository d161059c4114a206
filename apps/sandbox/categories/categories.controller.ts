import { Inject, Param } from '@nestjs/common';
import { answer, type Answer } from '../http/answer.js';
import { TheCall, type Call } from '../http/call.js';
import { FinhubCall, FinhubController } from '../http/finhub-controller.js';
import { Refusal } from '../http/refusal.js';
import { SETTINGS, type SandboxSettings } from '../sandbox.settings.js';
import { categoriesOf, shownCategory } from './categories.rules.js';

/** c.2.1 */
@FinhubController('v2.1/customer/individual/categorization')
export class CategoriesController {
  constructor(@Inject(SETTINGS) private readonly settings: SandboxSettings) {}

  @FinhubCall('GET', 'hierarchy/:tenantId', { bearer: 'admin' })
  hierarchy(@TheCall() call: Call, @Param('tenantId') tenantId: string): Answer {
    const { tenant } = call;
    if (tenantId !== tenant.tenantId)
      throw new Refusal(403, 'Tenant access denied or categorization not available', {
        error: 'TENANT_ACCESS_DENIED',
      });
    const categories = categoriesOf(tenant, this.settings.SANDBOX_SEED);
    return answer({
      tenantId,
      tenantName: tenant.name,
      complianceLevel: 'STANDARD',
      categories: Object.fromEntries(categories.map((each) => [each.key, shownCategory(each)])),
    });
  }
}
