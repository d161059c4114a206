import { effectOf } from './finhub-effect.js';
import type { TraceLine } from './trace.js';

/** What happened after a process had died, as far as its edges tell. */
export interface Aftermath {
  /** Until somebody went on; undefined where nothing was left to do. */
  readonly afterMs: number | undefined;
  readonly how: string;
}

/** False for the taking in of commands: that one is fetched says nothing of the onboarding's work. */
export function isWork({ edge }: TraceLine): boolean {
  return !/fetch onboarding\.command|store a command|offset/u.test(edge);
}

/** True once somebody has gone on with what the dead process had begun. */
export function isWentOn(trace: readonly TraceLine[]): boolean {
  return afterDeath(trace).length > 0;
}

/** Reads it from what was seen of the onboarding, held against that of an applicant whose process did not die. */
export function aftermathOf(trace: readonly TraceLine[], undisturbed: readonly TraceLine[]): Aftermath {
  const death = trace.find(({ isKill }) => isKill);
  const [first] = afterDeath(trace);
  if (death === undefined || first === undefined)
    return { afterMs: undefined, how: 'nothing was left to do' };
  const sentences = [beginning(first), ...calls(trace, undisturbed)];
  return { afterMs: first.atMs - death.atMs, how: sentences.join('; ') };
}

function afterDeath(trace: readonly TraceLine[]): TraceLine[] {
  const at = trace.findIndex(({ isKill }) => isKill);
  return at === -1 ? [] : trace.slice(at + 1).filter(isWork);
}

function beginning({ edge }: TraceLine): string {
  if (edge.startsWith('Kafka: fetch')) return 'read again from Kafka';
  if (edge.includes('claim')) return 'claimed by the next process';
  if (edge.includes('sweep')) return 'its event published by the sweeper';
  return `went on with "${edge}"`;
}

/** What was called more often than without a death, and what was not although its answer may have been lost. */
function calls(trace: readonly TraceLine[], undisturbed: readonly TraceLine[]): string[] {
  const counts = countsOf(trace);
  const usual = countsOf(undisturbed);
  const more = [...counts.keys()].filter((name) => (counts.get(name) ?? 0) > (usual.get(name) ?? 0));
  const lookUps = more.filter((name) => /^list|Readiness$|WalletStatus$/u.test(name));
  const repeated = more.filter((name) => effectOf(name) !== 'none');
  const last = unrecorded(trace.slice(0, trace.findIndex(({ isKill }) => isKill) + 1));
  const found = afterDeath(trace).flatMap(sentOf);
  const next = found
    .slice(found.findIndex((name) => lookUps.includes(name)) + 1)
    .find((name) => effectOf(name) === 'once');
  const isNew = lookUps.length > 0 && next !== undefined && next !== last && !more.includes(next);
  return [
    ...lookUps.map((name) => `\`${name}\` asked`),
    ...(isNew ? [`then \`${next}\` called`] : []),
    ...repeated.map((name) => `\`${name}\` called again`),
    ...(last !== undefined && !more.includes(last) ? [`\`${last}\` not called again`] : []),
  ];
}

/** The call of which nobody had written down the result when the process died. */
function unrecorded(before: readonly TraceLine[]): string | undefined {
  const written = before.findLastIndex(
    ({ edge, side }) => edge.startsWith('Postgres: write') && side === 'after',
  );
  return before
    .slice(written + 1)
    .flatMap(sentOf)
    .findLast((name) => effectOf(name) === 'once');
}

function countsOf(trace: readonly TraceLine[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of trace.flatMap(sentOf)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** The operation that went out at this edge. */
function sentOf({ edge, side }: TraceLine): string[] {
  const found = /^FinHub: (\w+), request$/u.exec(edge)?.[1];
  return found !== undefined && side === 'after' ? [found] : [];
}
