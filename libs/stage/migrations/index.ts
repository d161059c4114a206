import { StageTables1763850000000 } from './1-stage-tables.js';

/** Append only. */
export const migrations = [StageTables1763850000000];
