import { StageTables1763850000000 } from './1-stage-tables.js';
import { RestoredRuns1795000000000 } from './2-restored-runs.js';

/** Append only. */
export const migrations = [StageTables1763850000000, RestoredRuns1795000000000];
