import { CreateVault1700000000001 } from './create-vault.js';

/** The vault's migrations, oldest first; append only. They run in the schema `vault`, which must exist. */
export const migrations = [CreateVault1700000000001];
