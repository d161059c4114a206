import * as claimRuns from '#stage/sql/claim-runs.js';
import * as prune from '#stage/sql/prune.js';
import * as publishOutbox from '#stage/sql/publish-outbox.js';
import * as recordLateResult from '#stage/sql/record-late-result.js';
import * as storeBatch from '#stage/sql/store-batch.js';
import * as writeRuns from '#stage/sql/write-runs.js';
import { appliesToo } from '../trace.js';

/** What the runtime's statements are called in the table. A statement that is missing here gets its variable's name. */
const meanings: Readonly<Record<string, string>> = {
  storeBatchSql: 'store the event',
  claimRunsSql: 'claim what is due',
  pendingCommandsSql: 'read waiting commands',
  leftInOutboxSql: 'read what the former owner left in the outbox',
  claimOutboxSql: 'sweep the outbox',
  removePublishedSql: 'remove a published event from the outbox',
  recordLateResultSql: 'record a late result',
};

const runtime: ReadonlyMap<string, string> = new Map(
  [claimRuns, prune, publishOutbox, recordLateResult, storeBatch, writeRuns]
    .flatMap((module) => Object.entries(module))
    .map(([name, sql]) => [sql, meanings[name] ?? name]),
);

/** True for a group commit, which has a name of its own for each onboarding in it. */
export function isGroupCommit(sql: string): boolean {
  return sql === writeRuns.writeRunsSql;
}

/** True for what the inbox stores: events and commands of many onboardings. */
export function isBatch(sql: string): boolean {
  return sql === storeBatch.storeBatchSql;
}

/** True for a statement of the runtime: it names its onboardings, whoever's code it runs in. */
export function isRuntimeStatement(sql: string): boolean {
  return runtime.has(sql);
}

/** What a statement is called; undefined for one that neither reads nor changes anything of its own. */
export function statementName(sql: string): string | undefined {
  const known = runtime.get(sql);
  if (known !== undefined) return `Postgres: ${known}`;
  if (/^\s*(?:begin|rollback|select set_config)/iu.test(sql)) return undefined;
  if (/^\s*commit/iu.test(sql)) return 'vault: commit';
  return vaultStatement(sql);
}

function vaultStatement(sql: string): string | undefined {
  const change = /\b(insert|update|delete)\s+(?:into\s+|from\s+)?vault\.([a-z_]+)/iu.exec(sql);
  // Of a read with sub-queries the outermost table comes last.
  const read = [...sql.matchAll(/\bfrom\s+vault\.([a-z_]+)/giu)].at(-1);
  const [verb, table] = change === null ? ['read', read?.[1]] : [change[1], change[2]];
  return table === undefined ? undefined : `vault: ${String(verb)} ${table.replaceAll('_', ' ')}`;
}

/** What a batch of the inbox stores for one onboarding: `events` and `commands` are the statement's own texts. */
export function storedOf([events]: readonly unknown[], onboardingId: string): string {
  return String(events).includes(onboardingId) ? 'Postgres: store the event' : 'Postgres: store a command';
}

/** The parts of a group commit's row that tell what is being written. */
interface WrittenRow {
  readonly onboarding_id: string;
  readonly state: string;
  readonly results: Readonly<Record<string, unknown>>;
  readonly open_step: { readonly name: string; readonly state: string } | null;
  readonly lease_ms: number | null;
}

/** What a group commit writes for one onboarding, and for how long that then stays with the process; 0: it is given back. */
export function groupCommitOf(
  [rows, , commands]: readonly unknown[],
  onboardingId: string,
): { readonly edge: string; readonly leaseMs: number } {
  const row = (JSON.parse(String(rows)) as WrittenRow[]).find((each) => each.onboarding_id === onboardingId);
  if (row === undefined) throw new Error('the group commit has no row of the onboarding');
  const applied = String(commands).includes(onboardingId) ? appliesToo : '';
  return { edge: `Postgres: write ${contentOf(row)}${applied}`, leaseMs: row.lease_ms ?? 0 };
}

function contentOf({ state, results, open_step: open, lease_ms: leaseMs }: WrittenRow): string {
  if (state === 'passed' || state === 'ended') return 'the end of the stage, with its event';
  if (state === 'parked') return 'that it is parked';
  if (open?.state === 'intent' && leaseMs === null) return `the wait for ${stepName(open.name)}`;
  if (open !== null) return `the ${open.state} of ${stepName(open.name)}`;
  const finished = Object.keys(results).map(stepName);
  return finished.length === 0 ? 'the lease' : `the result of ${finished.join(', ')}`;
}

/** Ids in the names of steps are another onboarding's tomorrow. */
function stepName(name: string): string {
  return name.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/u, '<documentId>');
}
