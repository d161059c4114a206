import { Body, Param } from '@nestjs/common';
import { answer, type Answer } from '../http/answer.js';
import { TheCall, type Call } from '../http/call.js';
import { FinhubCall, FinhubController } from '../http/finhub-controller.js';
import { forbidden, notFound } from '../http/refusal.js';
import { Logins, type Credentials } from './logins.js';
import type { Session } from './session.js';
import { Sessions, type Login } from './sessions.js';

const session = [
  'admin/organization/:organizationId/users/:userId/sessions/:sessionId',
  'customer/individual/:customerId/users/:userId/sessions/:sessionId',
  'customer/organization/:organizationId/users/:userId/sessions/:sessionId',
];

/** c.1 */
@FinhubController('v2.1')
export class SessionsController {
  constructor(
    private readonly logins: Logins,
    private readonly sessions: Sessions,
  ) {}

  @FinhubCall('POST', 'admin/organization/:organizationId/users/:userId/sessions', { bearer: 'none' })
  admin(
    @TheCall() call: Call,
    @Param() path: { organizationId: string; userId: string },
    @Body() body: Credentials,
  ): Answer {
    return shownLogin(call, this.logins.admin(call, path, body));
  }

  @FinhubCall('POST', 'customer/individual/:customerId/users/:userId/sessions', { bearer: 'none' })
  individual(
    @TheCall() call: Call,
    @Param() path: { customerId: string; userId: string },
    @Body() body: Credentials,
  ): Answer {
    return shownLogin(call, this.logins.customer(call, { ...path, kind: 'individual' }, body));
  }

  @FinhubCall('POST', 'customer/organization/:organizationId/users/:userId/sessions', { bearer: 'none' })
  organization(
    @TheCall() call: Call,
    @Param() path: { organizationId: string; userId: string },
    @Body() body: Credentials,
  ): Answer {
    const { organizationId: customerId, userId } = path;
    return shownLogin(call, this.logins.customer(call, { kind: 'organization', customerId, userId }, body));
  }

  @FinhubCall('PUT', session, { bearer: 'none' })
  refresh(
    @TheCall() call: Call,
    @Param() path: { sessionId: string; userId: string },
    @Body() body: { refreshToken: string },
  ): Answer {
    return shownLogin(call, this.logins.refresh(call, path, body.refreshToken));
  }

  @FinhubCall('GET', session, { bearer: 'any' })
  view(@TheCall() call: Call, @Param('sessionId') id: string): Answer {
    const { userId, customerId, roles, endsAt } = this.own(call, id);
    return answer({ sessionId: id, userId, customerId, roles, expiresAt: withoutZone(endsAt) });
  }

  @FinhubCall('DELETE', session, { bearer: 'any' })
  logOut(@TheCall() call: Call, @Param('sessionId') id: string): Answer {
    this.sessions.end(this.own(call, id).id);
    return answer({ success: true }, 'Session ended');
  }

  private own(call: Call, id: string): Session {
    const found = this.sessions.get(id);
    if (found?.tenantId !== call.tenant.tenantId) throw notFound('Session');
    if (call.session?.userType !== 'ADMIN' && call.session?.userId !== found.userId)
      throw forbidden('NOT_YOUR_SESSION', 'The session is of another user');
    return found;
  }
}

function shownLogin({ origin }: Call, { session: started, token, expiresInSeconds }: Login): Answer {
  return answer({
    success: true,
    message: 'Login successful',
    sessionId: started.id,
    userId: started.userId,
    token,
    refreshToken: started.refreshToken,
    expiresAt: withoutZone(started.endsAt),
    expiresIn: expiresInSeconds,
    tokenType: 'Bearer',
    errorType: 'NONE',
    roles: started.roles,
    customerId: started.customerId,
    tenantId: started.tenantId,
    user: { id: started.userId, customerId: started.customerId, tenantId: started.tenantId, isActive: true },
    sessionMetadata: {
      clientIp: origin.ipAddress,
      clientPlatform: origin.platform,
      userAgent: origin.userAgent,
    },
  });
}

/** As the samples have it: no zone, and the end of the session, not of the token (U19). */
function withoutZone(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, -1);
}
