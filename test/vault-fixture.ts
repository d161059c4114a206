import { onboardingIdOf } from '#contracts/onboarding-id.js';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from './database.js';
import type { Admission } from '#vault/admission.js';
import {
  generateVaultKeys,
  loadVaultKeys,
  type VaultKeySettings,
  type VaultKeys,
} from '#vault/vault-keys.js';
import { Vault } from '#vault/vault.js';

/** A vault on a database of its own, for a spec. */
export interface VaultFixture {
  readonly settings: VaultKeySettings;
  readonly keys: VaultKeys;
  readonly vault: Vault;
  /** The superuser's pool, to look at tables from outside. */
  readonly admin: pg.Pool;
  /** A pool of a service's own role. */
  poolOf(service: 'registration' | 'personnel' | 'gateway'): pg.Pool;
  /** The connection string of that role. */
  urlOf(service: 'registration' | 'personnel' | 'gateway'): string;
  close(): Promise<void>;
}

/** Creates the database; the vault works with the rights of `registration`. */
export async function openVault(): Promise<VaultFixture> {
  const database: TestDatabase = await createTestDatabase();
  const pools: pg.Pool[] = [];
  const pool = (connectionString: string) => {
    const opened = new pg.Pool({ connectionString, max: 4 });
    pools.push(opened);
    return opened;
  };
  const settings = generateVaultKeys();
  const keys = loadVaultKeys(settings);
  return {
    settings,
    keys,
    vault: new Vault(pool(database.urlFor('registration')), keys),
    admin: pool(database.url),
    poolOf: (service) => pool(database.urlFor(service)),
    urlOf: (service) => database.urlFor(service),
    close: async () => {
      await Promise.all(pools.filter((opened) => !opened.ended).map((opened) => opened.end()));
      await database.close();
    },
  };
}

let lastRequest = 0;

/** A request that was never seen before, with the given body. */
export function newAdmission(body: unknown = individual(), given: Partial<Admission> = {}): Admission {
  lastRequest += 1;
  const tenantId = given.tenantId ?? 'tenant-a';
  const requestId = given.requestId ?? `request-${lastRequest}`;
  const onboardingId = onboardingIdOf(tenantId, requestId);
  return { onboardingId, tenantId, requestId, applicantKind: 'individual', body, ...given };
}

/** An individual's request; the vault judges no rule, so it has only what the vault looks at. */
export function individual(person: Record<string, unknown> = {}): Record<string, unknown> {
  return { kind: 'individual', individual: { firstName: 'Ona', email: 'ona@example.test', ...person } };
}
