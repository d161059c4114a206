import type { Admission, AdmissionVerdict } from '../admission.js';
import type { Query } from '../database.js';
import type { VaultParts } from '../vault-parts.js';
import { insertAdmissionRows, type AdmissionOutcome } from './insert-admissions.js';
import { prepareAdmission, type PreparedAdmission } from './prepare-admission.js';

/** Sealed bytes of one statement; more are split, so that a batch of large requests stays far from Postgres's 1 GB. */
const statementBytesMax = 16 * 1024 * 1024;

type Outcome = AdmissionOutcome | 'unstorable';

/** Judges each request, in order, and stores the new ones. See {@link AdmissionVerdict}. */
export async function admit(
  { database, keys, clock }: VaultParts,
  admissions: readonly Admission[],
): Promise<AdmissionVerdict[]> {
  const prepared = admissions.map((admission) => prepareAdmission(keys, admission));
  const firsts = new Map<string, PreparedAdmission>();
  for (const row of prepared) if (row && !firsts.has(row.onboardingId)) firsts.set(row.onboardingId, row);
  const sorted = [...firsts.values()].sort((a, b) => (a.onboardingId < b.onboardingId ? -1 : 1));
  const outcomes = new Map<string, Outcome>();
  for (const batch of batchesOf(sorted)) {
    const stored = await insertAround(database.query, batch, clock.now());
    for (const [onboardingId, outcome] of stored) outcomes.set(onboardingId, outcome);
  }
  return prepared.map((row) => {
    const first = row && firsts.get(row.onboardingId);
    const outcome = row && outcomes.get(row.onboardingId);
    if (row === undefined || first === undefined || outcome === undefined) return 'unstorable';
    return verdictOf(row, first, outcome);
  });
}

function verdictOf(row: PreparedAdmission, first: PreparedAdmission, outcome: Outcome): AdmissionVerdict {
  if (outcome === 'unstorable') return 'unstorable';
  if (outcome.isErased) return 'erased';
  if (outcome.isNew && row === first) return 'new';
  const stored = outcome.isNew ? first.bodyHash : outcome.bodyHash;
  return stored?.equals(row.bodyHash) === true ? 'repeat' : 'conflict';
}

/** Inserts all rows but those that Postgres refuses for what is in them: found by halving. */
async function insertAround(
  query: Query,
  rows: readonly PreparedAdmission[],
  now: Date,
): Promise<Map<string, Outcome>> {
  try {
    return await insertAdmissionRows(query, rows, now);
  } catch (error) {
    const [first] = rows;
    if (!isFaultOfData(error) || first === undefined) throw error;
    if (rows.length === 1) return new Map([[first.onboardingId, 'unstorable']]);
    const half = Math.ceil(rows.length / 2);
    const left = await insertAround(query, rows.slice(0, half), now);
    return new Map([...left, ...(await insertAround(query, rows.slice(half), now))]);
  }
}

/** SQLSTATE classes 22 (data exception), 23 (integrity constraint), 54 (limit exceeded): the row's fault, not the server's. */
function isFaultOfData(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^(?:22|23|54)/u.test(code);
}

function batchesOf(rows: readonly PreparedAdmission[]): PreparedAdmission[][] {
  const batches: PreparedAdmission[][] = [];
  let bytes = statementBytesMax;
  for (const row of rows) {
    if (bytes + bytesOf(row) > statementBytesMax) {
      batches.push([]);
      bytes = 0;
    }
    batches.at(-1)?.push(row);
    bytes += bytesOf(row);
  }
  return batches;
}

function bytesOf(row: PreparedAdmission): number {
  const documents = row.documents.map((document) => document.sizeBytes);
  return documents.reduce((sum, size) => sum + size, row.sealedRequest.length);
}
