import { visible } from './visible.js';

/** Rows as aligned columns; undefined cells are empty. No rows: `nothing` alone. */
export function table(
  headers: readonly string[],
  rows: readonly (readonly (string | undefined)[])[],
  nothing: string,
): string {
  if (rows.length === 0) return `${nothing}\n`;
  const cells = [headers, ...rows].map((row) => row.map((cell) => visible(cell ?? '').replaceAll('\n', ' ')));
  const widths = headers.map((_header, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}
