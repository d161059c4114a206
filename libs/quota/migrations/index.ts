import { CreateQuota1764000000001 } from './create-quota.js';

/** The quota's migrations, oldest first; append only. They run in the schema `quota`, which must exist. */
export const migrations = [CreateQuota1764000000001];
