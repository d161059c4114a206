import type { Body, FinhubApi } from './api.js';
import type { Envelope } from './envelope.js';
import { Fields } from './fields.js';
import type { OperationName } from './operations.js';
import type { FinhubTenantSettings } from './settings.js';
import { claimsOf } from './token.js';

/** Who logs in, and with what (CONTRACT.md c.1). The password is a secret. */
export type Login = Credentials & LoginOwner;

interface Credentials {
  readonly username: string;
  readonly password: string;
}

type LoginOwner =
  | { readonly kind: 'admin' | 'organization-user'; readonly organizationId: string; readonly userId: string }
  | { readonly kind: 'individual'; readonly customerId: string; readonly userId: string };

/** A session at FinHub. Its token is a secret. */
export interface Session {
  readonly token: string;
  /** How long the token is good from its receipt on, by its own claims (U19). */
  readonly lifetimeMs: number;
  /** The tenant's UUID as the token names it. */
  readonly tenantId?: string | undefined;
}

/** The operation that each kind logs in by: public, and judged by whose credentials they are. */
export const loginOperations = {
  admin: 'createAdminSession',
  individual: 'createCustomerSession',
  'organization-user': 'createOrganizationUserSession',
} as const satisfies Record<Login['kind'], OperationName>;

/** For tokens that do not say how long they live. */
const lifetimeDefaultMs = 15 * 60_000;

/** The login of the tenant's admin, by its settings. */
export function adminLogin(settings: FinhubTenantSettings): Login {
  const { organizationId, adminUserId: userId, adminUsername: username, adminPassword: password } = settings;
  return { kind: 'admin', organizationId, userId, username, password };
}

/** Logs in once. Refused credentials are `misconfigured` (401, 403). CONTRACT.md c.1.1 to c.1.3. */
export function logIn(api: FinhubApi, login: Login): Promise<Session> {
  const { kind, username, password, ...path } = login;
  return api.request(loginOperations[kind], {
    path,
    body: { username, password, ...tenantSecrets(api.settings) } satisfies Body<'CustomerLogin'>,
    read: (answer) => readSession(answer, api.now()),
  });
}

/** Sent when configured (U20). */
function tenantSecrets({ tenantKey, tenantSecret }: FinhubTenantSettings): Partial<Body<'AdminLogin'>> {
  return {
    ...(tenantKey === undefined ? {} : { tenantKey }),
    ...(tenantSecret === undefined ? {} : { tenantSecret }),
  };
}

/** The token is in `data`, or at the top as the sibling product has it (b.2); `errorType` tells failure under a 200. */
function readSession(answer: Envelope, now: Date): Session {
  const fields = answer.data.isObject ? answer.data : answer.root;
  const token = (fields.flag('success') === false ? new Fields(undefined) : fields).need(
    'token',
    'accessToken',
  );
  const claims = claimsOf(token, now);
  const expiresInMs = Number(fields.text('expiresIn')) * 1000;
  return {
    token,
    lifetimeMs: claims.lifetimeMs ?? (expiresInMs > 0 ? expiresInMs : lifetimeDefaultMs),
    tenantId: claims.tenantId,
  };
}
