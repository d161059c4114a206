import { demoTenant } from '../demo-tenant.js';
import { loadOpenApi } from '../http/open-api.js';
import type { LedgerEntry } from '../state/ledger.js';
import type { Tenant } from '../tenants.js';

/** What came back. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The envelope; empty where the body was no JSON. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The envelope's payload; empty where there is none. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** What a request has beside method and path. */
export interface Options {
  readonly body?: unknown;
  /** Replaces single headers; `undefined` leaves one out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly timeLimitMs?: number;
}

const openApi = loadOpenApi();

/** Speaks to a sandbox as a tenant's admin, and holds every answer against the OpenAPI file. */
export class SandboxClient {
  token: string | undefined;

  constructor(
    readonly baseUrl: string,
    readonly tenant: Tenant = demoTenant,
  ) {}

  /** A client with an admin session. */
  static async loggedIn(baseUrl: string, tenant: Tenant = demoTenant): Promise<SandboxClient> {
    const client = new SandboxClient(baseUrl, tenant);
    const login = await client.logIn();
    client.token = String(login.data['token']);
    return client;
  }

  logIn(credentials: Readonly<Record<string, unknown>> = {}): Promise<Reply> {
    const { organizationId, adminUserId, adminUsername, adminPassword, tenantKey, tenantSecret } =
      this.tenant;
    return this.post(`/api/v2.1/admin/organization/${organizationId}/users/${adminUserId}/sessions`, {
      username: adminUsername,
      password: adminPassword,
      tenantKey,
      tenantSecret,
      ...credentials,
    });
  }

  get(path: string, options: Options = {}): Promise<Reply> {
    return this.call('GET', path, options);
  }

  post(path: string, body?: unknown, options: Options = {}): Promise<Reply> {
    return this.call('POST', path, { ...options, body });
  }

  /** Throws where the connection is cut, and where an answer breaks the OpenAPI file. */
  async call(method: string, path: string, options: Options = {}): Promise<Reply> {
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      redirect: 'manual',
      headers: this.headers(options),
      signal: AbortSignal.timeout(options.timeLimitMs ?? 5_000),
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
    const text = await response.text();
    const body = parsed(text);
    const data = (body['data'] ?? {}) as Record<string, unknown>;
    const reply = { status: response.status, headers: response.headers, text, body, data };
    refuseBrokenAnswer(`${method} ${path}`, reply);
    return reply;
  }

  async addFault(fault: Readonly<Record<string, unknown>>): Promise<string> {
    const { body } = await this.post('/_sandbox/faults', fault);
    return String(body['id']);
  }

  /** Entries whose key begins with `prefix`. */
  async ledger(prefix: string): Promise<LedgerEntry[]> {
    const { body } = await this.get(`/_sandbox/ledger?prefix=${encodeURIComponent(prefix)}`);
    return body['effects'] as LedgerEntry[];
  }

  async doubledKeys(): Promise<string[]> {
    const { body } = await this.get('/_sandbox/ledger?doubled=true');
    return (body['effects'] as LedgerEntry[]).map(({ key }) => key);
  }

  /** What every call sends. */
  headers(options: Options): Record<string, string> {
    const all = {
      'X-Tenant-ID': this.tenant.tenantId,
      'X-Forwarded-For': '203.0.113.7',
      'X-Forwarded-From': 'spec',
      platform: 'web',
      deviceId: 'spec-device',
      'X-User-ID': 'spec-user',
      'X-User-Roles': 'ADMIN_USER,COMPLIANCE_OFFICER',
      'User-Agent': 'spec',
      'Content-Type': options.body === undefined ? undefined : 'application/json',
      Authorization: this.token === undefined ? undefined : `Bearer ${this.token}`,
      ...options.headers,
    };
    return Object.fromEntries(
      Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
  }
}

function refuseBrokenAnswer(call: string, { status, body }: Reply): void {
  const faults = openApi.match(call)?.answerFaults(status, body) ?? [];
  if (faults.length > 0) throw new Error(`the answer to ${call} breaks the file: ${JSON.stringify(faults)}`);
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
