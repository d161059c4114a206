import type { Body, FinhubApi } from './api.js';
import type { Call } from './call.js';
import type { Envelope } from './envelope.js';
import { Fields } from './fields.js';
import type { OperationName } from './operations.js';
import type { FinhubTenantSettings } from './settings.js';
import { claimsOf } from './token.js';

/** Who is logged in: paths of its session begin there (CONTRACT.md c.1). */
export type SessionOwner =
  | { readonly kind: 'admin' | 'organization-user'; readonly organizationId: string; readonly userId: string }
  | { readonly kind: 'customer'; readonly customerId: string; readonly userId: string };

/** A session at FinHub. Token and refresh token are secrets. */
export interface Session {
  readonly owner: SessionOwner;
  readonly token: string;
  readonly sessionId?: string | undefined;
  readonly refreshToken?: string | undefined;
  /** How long the token is good from its receipt on, by its own claims (U19). */
  readonly lifetimeMs: number;
  /** The tenant's UUID as the token names it. */
  readonly tenantId?: string | undefined;
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface SessionCalls {
  /** Logs an individual customer in. Rejected credentials are `misconfigured` (401, 403). CONTRACT.md c.1.2. */
  customerSession(
    request: Credentials & { readonly customerId: string; readonly userId: string },
    call?: Call,
  ): Promise<Session>;
  /** Logs a user of an organization in. CONTRACT.md c.1.3. */
  organizationUserSession(
    request: Credentials & { readonly organizationId: string; readonly userId: string },
    call?: Call,
  ): Promise<Session>;
  /** Renews a session by its refresh token; where that fails, log in again. CONTRACT.md U19. */
  refreshSession(session: Session, call?: Call): Promise<Session>;
  /** Logs out. CONTRACT.md U19. */
  endSession(session: Session, call?: Call): Promise<void>;
}

type Action = 'create' | 'refresh' | 'end';

const operationsOf: Readonly<Record<SessionOwner['kind'], Readonly<Record<Action, OperationName>>>> = {
  admin: { create: 'createAdminSession', refresh: 'refreshAdminSession', end: 'endAdminSession' },
  customer: { create: 'createCustomerSession', refresh: 'refreshCustomerSession', end: 'endCustomerSession' },
  'organization-user': {
    create: 'createOrganizationUserSession',
    refresh: 'refreshOrganizationUserSession',
    end: 'endOrganizationUserSession',
  },
};

/** For tokens that do not say how long they live. */
const lifetimeDefaultMs = 15 * 60_000;

export function sessionCalls(api: FinhubApi): SessionCalls {
  return {
    customerSession: ({ customerId, userId, ...credentials }, call) =>
      logIn(api, { owner: { kind: 'customer', customerId, userId }, credentials }, call),
    organizationUserSession: ({ organizationId, userId, ...credentials }, call) =>
      logIn(api, { owner: { kind: 'organization-user', organizationId, userId }, credentials }, call),
    refreshSession: (session, call) =>
      api.request(
        operationsOf[session.owner.kind].refresh,
        {
          path: pathOf(session),
          body: { refreshToken: session.refreshToken ?? '' } satisfies Body<'Refresh'>,
          read: (answer) => readSession(answer, session.owner, api.now()),
        },
        call,
      ),
    endSession: (session, call) =>
      api.request(
        operationsOf[session.owner.kind].end,
        { path: pathOf(session), bearer: session.token, read: () => undefined },
        call,
      ),
  };
}

/** Logs the tenant's admin in; single flight and renewal are {@link AdminSession}'s. CONTRACT.md c.1.1. */
export function logInAdmin(api: FinhubApi): Promise<Session> {
  const { organizationId, adminUserId, adminUsername, adminPassword } = api.settings;
  return logIn(api, {
    owner: { kind: 'admin', organizationId, userId: adminUserId },
    credentials: { username: adminUsername, password: adminPassword },
  });
}

function logIn(
  api: FinhubApi,
  { owner, credentials }: { owner: SessionOwner; credentials: Credentials },
  call?: Call,
): Promise<Session> {
  const { username, password } = credentials;
  return api.request(
    operationsOf[owner.kind].create,
    {
      path: ownerPath(owner),
      body: { username, password, ...tenantSecrets(api.settings) } satisfies Body<'CustomerLogin'>,
      read: (answer) => readSession(answer, owner, api.now()),
    },
    call,
  );
}

/** Sent when configured (U20). */
function tenantSecrets({ tenantKey, tenantSecret }: FinhubTenantSettings): Partial<Body<'AdminLogin'>> {
  return {
    ...(tenantKey === undefined ? {} : { tenantKey }),
    ...(tenantSecret === undefined ? {} : { tenantSecret }),
  };
}

/** The token is in `data`, or at the top as the sibling product has it (b.2); `errorType` tells failure under a 200. */
function readSession(answer: Envelope, owner: SessionOwner, now: Date): Session {
  const fields = answer.data.isObject ? answer.data : answer.root;
  const token = (fields.flag('success') === false ? new Fields(undefined) : fields).need(
    'token',
    'accessToken',
  );
  const claims = claimsOf(token, now);
  const expiresInMs = Number(fields.text('expiresIn')) * 1000;
  return {
    owner,
    token,
    sessionId: fields.text('sessionId'),
    refreshToken: fields.text('refreshToken'),
    lifetimeMs: claims.lifetimeMs ?? (expiresInMs > 0 ? expiresInMs : lifetimeDefaultMs),
    tenantId: claims.tenantId,
  };
}

function ownerPath(owner: SessionOwner): Record<string, string> {
  return Object.fromEntries(Object.entries(owner).filter(([key]) => key !== 'kind'));
}

function pathOf(session: Session): Record<string, string> {
  return { ...ownerPath(session.owner), sessionId: session.sessionId ?? '' };
}
