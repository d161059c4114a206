import { StageTables1763850000000 } from './1-stage-tables.js';
import { RestoredRuns1795000000000 } from './2-restored-runs.js';
import { WriteNumber1795000001000 } from './3-write-number.js';
import { StoredOffsets1796000000000 } from './4-stored-offsets.js';
import { ToldEnd1796300000000 } from './5-told-end.js';

/** Append only. */
export const migrations = [
  StageTables1763850000000,
  RestoredRuns1795000000000,
  WriteNumber1795000001000,
  StoredOffsets1796000000000,
  ToldEnd1796300000000,
];
