import type { Funnel } from './funnel.js';

/** The funnel as lines for a terminal. */
export function funnelText({ requested, reached, now, reasons, noise }: Funnel): string {
  const rows = [
    row('requested', requested),
    ...Object.entries(reached).map(([fact, count]) => row(fact, count, percentOf(count, requested))),
    '',
    ...Object.entries(now).map(([standing, count]) =>
      row(`now ${standing}`, count, percentOf(count, requested)),
    ),
    ...[...reasons].map(([reason, count]) => row(`  ${reason}`, count)),
    '',
    `not counted twice: ${String(noise.duplicates)} duplicates, ${String(noise.replays)} replays`,
    `on the way: ${String(noise.failedAttempts)} failed attempts, ${String(noise.waits)} waits`,
    `not admitted: ${String(noise.refusedRequests)} refused requests`,
  ];
  return `${rows.join('\n')}\n`;
}

function row(name: string, count: number, percent = ''): string {
  return `${name.padEnd(36)}${String(count).padStart(7)}${percent}`;
}

function percentOf(count: number, all: number): string {
  return all === 0 ? '' : `${String(Math.round((count / all) * 100)).padStart(6)} %`;
}
