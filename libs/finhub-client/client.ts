import { Pool } from 'undici';
import { systemClock, type Clock } from '#platform/clock.js';
import { activationCalls, type ActivationCalls } from './activation.js';
import { FinhubApi } from './api.js';
import { ByteBudget } from './byte-budget.js';
import type { Call } from './call.js';
import { categoryCalls, type CategoryCalls } from './categories.js';
import { consentCalls, type ConsentCalls } from './consents.js';
import { documentCalls, type DocumentCalls } from './documents.js';
import type { CallerHeaders } from './headers.js';
import { personnelCalls, type PersonnelCalls } from './personnel.js';
import { registrationCalls, type RegistrationCalls } from './registration.js';
import type { Login } from './sessions.js';
import type { FinhubTenantSettings } from './settings.js';
import { verificationCalls, type VerificationCalls } from './verification.js';
import { webhookCalls, type WebhookCalls } from './webhooks.js';

/**
 * FinHub for one tenant. Every call throws {@link FinhubFailure} and nothing else but what the caller's own `beforeSend`
 * or content throws; none is repeated, but for the one time after a refused session.
 */
export interface FinhubTenant
  extends
    CategoryCalls,
    RegistrationCalls,
    PersonnelCalls,
    VerificationCalls,
    DocumentCalls,
    ConsentCalls,
    ActivationCalls,
    WebhookCalls {
  readonly settings: FinhubTenantSettings;
  /**
   * The same calls in the session of a customer or of an organization's user; which ones FinHub opens to it is FinHub's to say
   * (CONTRACT.md U34). Keep what is returned: it holds the session, one login however many call at once, renewed before its
   * token ends and once after a 401.
   */
  as(login: Login): FinhubTenant;
}

export interface FinhubClientOptions extends CallerHeaders {
  /** Connections to one host, default 256: no fewer than the calls that a process has under way. */
  readonly connections?: number | undefined;
  /** Bytes of documents under way in the process, default 64 MB. */
  readonly uploadBytesMax?: number | undefined;
  readonly clock?: Clock | undefined;
  /** Without it calls are made at once. */
  readonly quota?: CallQuota | undefined;
}

/** Says when a tenant may make a call. */
export interface CallQuota {
  /** Waits for the tenant's turn. Undefined: the call was given up, or its time limit has passed, before that. */
  take(tenantId: string, call: Call): Promise<CallTurn | undefined>;
}

/** A turn to make one call. */
export interface CallTurn {
  /** Asked right before the request is written; false: it was not in time, and needs another turn. */
  isInTime(): boolean;
}

/** No settings name this tenant. */
export class UnknownTenant extends Error {
  constructor(readonly tenantId: string) {
    super(`tenant "${tenantId}" is unknown: add it to FINHUB_TENANTS_FILE, or set FINHUB_TENANT_ID to it`);
    this.name = 'UnknownTenant';
  }
}

const megabyte = 1024 * 1024;

/** All tenants of a process, on one pool of connections per host. Connects when the first call is made. */
export class FinhubClient {
  readonly #tenants: ReadonlyMap<string, FinhubTenant>;
  readonly #pools = new Map<string, Pool>();

  constructor(tenants: readonly FinhubTenantSettings[], options: FinhubClientOptions = {}) {
    const { clock = systemClock, connections = 256, uploadBytesMax = 64 * megabyte } = options;
    const { quota = noQuota, ...caller } = options;
    const uploads = new ByteBudget(uploadBytesMax, tenants.length);
    const entries = tenants.map((settings) => {
      const dispatcher = this.#poolOf(settings.baseUrl, connections);
      return [
        settings.tenantId,
        tenantOf(new FinhubApi(settings, { dispatcher, clock, caller, uploads, quota })),
      ] as const;
    });
    this.#tenants = new Map(entries);
  }

  /** Throws {@link UnknownTenant}. */
  tenant(tenantId: string): FinhubTenant {
    const tenant = this.#tenants.get(tenantId);
    if (!tenant) throw new UnknownTenant(tenantId);
    return tenant;
  }

  tenantIds(): string[] {
    return [...this.#tenants.keys()];
  }

  /** Breaks off what is under way: its outcome is unknown where it was sent. */
  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
  }

  #poolOf(baseUrl: string, connections: number): Pool {
    const { origin } = new URL(baseUrl);
    const pool = this.#pools.get(origin) ?? new Pool(origin, { ...poolOptions, connections });
    this.#pools.set(origin, pool);
    return pool;
  }
}

const noQuota: CallQuota = { take: () => Promise.resolve({ isInTime: () => true }) };

/** One request at a time on a connection; how long an answer may take is each call's own time limit. */
const poolOptions = {
  pipelining: 1,
  connect: { timeout: 5_000 },
  headersTimeout: 0,
  bodyTimeout: 0,
  keepAliveTimeout: 4_000,
} as const;

function tenantOf(api: FinhubApi): FinhubTenant {
  return {
    settings: api.settings,
    as: (login) => tenantOf(api.as(login)),
    ...categoryCalls(api),
    ...registrationCalls(api),
    ...personnelCalls(api),
    ...verificationCalls(api),
    ...documentCalls(api),
    ...consentCalls(api),
    ...activationCalls(api),
    ...webhookCalls(api),
  };
}
