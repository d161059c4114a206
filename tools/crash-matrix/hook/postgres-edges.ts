import pg from 'pg';
import {
  groupCommitOf,
  isBatch,
  isGroupCommit,
  isRuntimeStatement,
  statementName,
  storedOf,
} from './statement-names.js';
import type { Watch } from './watch.js';

type Callback = (error: unknown, result: unknown) => void;
type Argument = string | { text?: string; values?: unknown; submit?: unknown } | null | undefined;

/** A statement that is an edge of one case. */
interface Edge {
  readonly onboardingId: string;
  readonly edge: string;
  readonly leaseMs?: number | undefined;
}

/** Every statement is an edge: before it is sent, and after its answer has come but nobody has read it. */
export function watchPostgres(watch: Watch): void {
  const prototype = pg.Client.prototype as unknown as { query: (...args: unknown[]) => unknown };
  const { query } = prototype;
  prototype.query = function (this: unknown, ...args: unknown[]): unknown {
    const sql = textOf(args[0] as Argument);
    const name = sql === undefined ? undefined : statementName(sql);
    const isGroup = sql !== undefined && isGroupCommit(sql);
    if (sql === undefined || (name === undefined && !isGroup)) return query.apply(this, args);
    const edges = edgesOf(watch, { sql, name: name ?? '', values: valuesOf(args) });
    for (const edge of edges) watch.reach(edge.onboardingId, { ...edge, side: 'before' });
    const onAnswer = (answer: unknown): void => {
      reachAfter(watch, { edges, name: name ?? '', answer });
    };
    return whenAnswered(args, (given) => query.apply(this, given), onAnswer);
  };
}

function edgesOf(
  watch: Watch,
  { sql, name, values }: { sql: string; name: string; values: readonly unknown[] },
): Edge[] {
  const text = JSON.stringify(values.filter((value) => !Buffer.isBuffer(value)));
  const named = watch.casesIn(text);
  if (isGroupCommit(sql))
    return named.map((onboardingId) => ({ onboardingId, ...groupCommitOf(values, onboardingId) }));
  if (isBatch(sql))
    return named.map((onboardingId) => ({ onboardingId, edge: storedOf(values, onboardingId) }));
  const ids = named.length > 0 || isRuntimeStatement(sql) ? named : watch.currentCase();
  return ids.map((onboardingId) => ({ onboardingId, edge: name }));
}

/** What a claim or a sweep is about is known only by its answer. */
function reachAfter(
  watch: Watch,
  { edges, name, answer }: { edges: readonly Edge[]; name: string; answer: unknown },
): void {
  for (const edge of edges) watch.reach(edge.onboardingId, { ...edge, side: 'after' });
  if (edges.length > 0 || !/claim|sweep/u.test(name)) return;
  const { rows = [] } = (answer ?? {}) as { rows?: unknown[] };
  for (const onboardingId of watch.casesIn(JSON.stringify(rows)))
    watch.reach(onboardingId, { edge: name, side: 'after' });
}

/** Calls pg with a callback of ours before the caller's, in both of its forms. */
function whenAnswered(
  args: unknown[],
  send: (args: unknown[]) => unknown,
  onAnswer: (answer: unknown) => void,
): unknown {
  const at = args.findIndex((arg) => typeof arg === 'function');
  if (at === -1)
    return (send(args) as Promise<unknown>).then((answer) => {
      onAnswer(answer);
      return answer;
    });
  const callback = args[at] as Callback;
  const ours: Callback = (error, answer) => {
    if (!error) onAnswer(answer);
    callback(error, answer);
  };
  return send(args.with(at, ours));
}

function textOf(first: Argument): string | undefined {
  if (typeof first === 'string') return first;
  return first && first.submit === undefined ? first.text : undefined;
}

function valuesOf(args: readonly unknown[]): readonly unknown[] {
  const [first, second] = args;
  if (Array.isArray(second)) return second;
  const { values } = (typeof first === 'object' && first !== null ? first : {}) as { values?: unknown };
  return Array.isArray(values) ? values : [];
}
