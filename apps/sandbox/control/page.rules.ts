import type { Fault } from '../faults/fault.js';
import type { CustomerState } from '../activation/activation.rules.js';

/** A line of the page about one customer; no secret, no IBAN. */
export interface CustomerRow {
  readonly registeredAt: string;
  readonly tenant: string;
  readonly kind: string;
  readonly email: string;
  readonly name: string;
  readonly state: CustomerState;
  readonly verification: string;
  readonly consents: string;
  readonly personnel: string;
  readonly documents: number;
  readonly tags: string;
}

/** What the page shows. */
export interface PageContent {
  readonly customerCount: number;
  readonly customers: readonly CustomerRow[];
  readonly faults: readonly Pick<Fault, 'endpoint' | 'kind' | 'struck' | 'times'>[];
  readonly effects: readonly { kind: string; effects: number; keys: number }[];
  readonly doubled: number;
}

type Row = Readonly<Record<string, string | number | undefined>>;

const style = `body{font:14px/1.4 system-ui,sans-serif;margin:2rem;color:#222}table{border-collapse:collapse;margin:0 0 2rem}
td,th{padding:.2rem .8rem .2rem 0;text-align:left;border-bottom:1px solid #ddd}h2{font-size:1rem;margin:1rem 0 .3rem}`;

/** The page as HTML that loads nothing and refreshes itself. Every value is escaped. */
export function pageHtml(content: PageContent): string {
  const verdict = content.doubled === 0 ? 'nothing doubled' : `${content.doubled} doubled`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="2">
<title>FinHub sandbox</title><style>${style}</style></head><body>
<h1>FinHub sandbox</h1>
<h2>Ledger: ${escaped(verdict)}</h2>${table(content.effects)}
<h2>Faults</h2>${table(content.faults)}
<h2>Customers: ${content.customerCount}, the newest first</h2>${table(content.customers)}
</body></html>`;
}

function table(rows: readonly object[]): string {
  const [first] = rows;
  if (!first) return '<p>none</p>';
  const head = Object.keys(first).map((name) => `<th>${escaped(name)}</th>`);
  const body = rows.map((row) => {
    const cells = Object.keys(first).map((name) => {
      const value = (row as Row)[name];
      return `<td>${escaped(String(value ?? ''))}</td>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  return `<table><tr>${head.join('')}</tr>${body.join('')}</table>`;
}

function escaped(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replaceAll(/[&<>"']/gu, (character) => entities[character] ?? character);
}
