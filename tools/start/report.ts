import type { Outcome } from './progress.js';

/** An outcome with the IBAN of who has one. */
export type ReportRow = Outcome & { readonly iban?: string | undefined };

const heads = ['request id', 'kind', 'end', 'customer id', 'IBAN or reason', 'seconds'] as const;

/** The table at the end: one row per request, in the file's order. */
export function reportTable(rows: readonly ReportRow[]): string[] {
  const cells = rows.map((row) => [
    row.requestId,
    row.kind,
    row.end,
    row.customerId ?? '-',
    row.iban ?? row.reason ?? '-',
    row.takenMs === undefined || Number.isNaN(row.takenMs) ? '-' : (row.takenMs / 1000).toFixed(1),
  ]);
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const asLine = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [asLine(heads), asLine(widths.map((width) => '-'.repeat(width))), ...cells.map(asLine)];
}

/** One sentence per request that did not end as its line says, and per activated one without an IBAN. */
export function surprises(rows: readonly ReportRow[]): string[] {
  return rows.flatMap((row) => {
    const { requestId, end, code, expect, iban } = row;
    if (end === 'activated' && iban === undefined) return [`${requestId} is activated without an IBAN.`];
    if (expect === undefined) return [];
    const isExpected = end === expect.end && (expect.code === undefined || code === expect.code);
    return isExpected ? [] : [`${requestId} should be ${nameOf(expect)}, and is ${nameOf({ end, code })}.`];
  });
}

function nameOf({ end, code }: { end: string; code?: string | undefined }): string {
  return code === undefined ? end : `${end} (${code})`;
}
