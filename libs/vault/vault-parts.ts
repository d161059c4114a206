import type { Clock } from '#platform/clock.js';
import type { VaultDatabase } from './database.js';
import type { VaultKeys } from './vault-keys.js';

/** What every operation of the vault works with. */
export interface VaultParts {
  readonly database: VaultDatabase;
  readonly keys: VaultKeys;
  readonly clock: Clock;
}
