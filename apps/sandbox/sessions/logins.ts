import { Inject, Injectable } from '@nestjs/common';
import type { components } from '#finhub-client/openapi-types.js';
import { CLOCK, type Clock } from '#platform/clock.js';
import type { Call } from '../http/call.js';
import { forbidden, refuseInvalid, unauthorized } from '../http/refusal.js';
import { SETTINGS, type SandboxSettings } from '../sandbox.settings.js';
import type { CustomerKind } from '../state/customer.js';
import { Customers } from '../state/customers.js';
import { isPassword } from './password.js';
import { Sessions, type Login } from './sessions.js';

/** The body of every login; an admin's has the same four fields. */
export type Credentials = components['schemas']['CustomerLogin'];

/** Opens sessions. Wrong credentials are 401, another tenant's path 403 (c.1.2). */
@Injectable()
export class Logins {
  constructor(
    private readonly sessions: Sessions,
    private readonly customers: Customers,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: SandboxSettings,
  ) {}

  /** c.1.1 */
  admin(call: Call, path: { organizationId: string; userId: string }, credentials: Credentials): Login {
    const { tenant } = call;
    if (path.organizationId !== tenant.organizationId)
      throw forbidden('TENANT_MISMATCH', 'The organization is none of this tenant');
    this.checkTenantKeys(call, credentials);
    const isAdmin =
      path.userId === tenant.adminUserId &&
      [tenant.adminUsername, tenant.adminUserId].includes(credentials.username) &&
      credentials.password === tenant.adminPassword;
    if (!isAdmin) throw unauthorized('Invalid credentials');
    const { tenantId, adminUserId, organizationId } = tenant;
    return this.sessions.start(
      { tenantId, userId: adminUserId, customerId: organizationId, userType: 'ADMIN', roles: ['ADMIN'] },
      tenant.tenantKey,
    );
  }

  /** c.1.2 and c.1.3 */
  customer(
    call: Call,
    path: { kind: CustomerKind; customerId: string; userId: string },
    credentials: Credentials,
  ): Login {
    const { tenantId, alias, tenantKey } = call.tenant;
    if (credentials.tenantId !== undefined && ![tenantId, alias].includes(credentials.tenantId))
      throw forbidden('TENANT_MISMATCH', 'The body names another tenant than X-Tenant-ID');
    this.checkTenantKeys(call, credentials);
    const customer = this.customers.find(tenantId, path.customerId);
    const user = customer?.users.find(({ id }) => id === path.userId);
    const isRight =
      user !== undefined &&
      customer?.kind === path.kind &&
      user.loginFrom <= this.clock.now().getTime() &&
      [user.email.toLowerCase(), user.id].includes(credentials.username.toLowerCase()) &&
      isPassword(user.passwordHash, credentials.password);
    if (!isRight) throw unauthorized('Invalid credentials');
    return this.sessions.start(
      { tenantId, userId: user.id, customerId: path.customerId, userType: 'CONSUMER', roles: user.roles },
      tenantKey,
    );
  }

  /** Throws 401 for a session that is over or a token that is not its own. */
  refresh(call: Call, path: { sessionId: string; userId: string }, givenToken: string): Login {
    const session = this.sessions.get(path.sessionId);
    const isOurs = session?.tenantId === call.tenant.tenantId && session.userId === path.userId;
    const login = isOurs && this.sessions.refresh(path.sessionId, givenToken, call.tenant.tenantKey);
    if (!login) throw unauthorized('The session is over or the refresh token is not its own');
    return login;
  }

  /** Throws 400 where the keys are not there (U20), 401 where they are wrong. */
  private checkTenantKeys({ tenant }: Call, { tenantKey, tenantSecret }: Credentials): void {
    if (!this.settings.SANDBOX_SWITCHES.includes('login-without-keys'))
      refuseInvalid(
        Object.entries({ tenantKey, tenantSecret })
          .filter(([, value]) => value === undefined)
          .map(([field]) => ({ field, message: 'is required' })),
      );
    const isKey = tenantKey === undefined || tenantKey === tenant.tenantKey;
    const isSecret = tenantSecret === undefined || tenantSecret === tenant.tenantSecret;
    if (!isKey || !isSecret) throw unauthorized('Invalid tenant credentials');
  }
}
