/** A Markdown table; `|` in a cell is escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/**
 * Puts generated text between `<!-- generated: NAME -->` and `<!-- end -->`. Throws when the page has no such place, so
 * that nothing is generated in vain.
 */
export function fillIn(page: string, name: string, text: string): string {
  const place = new RegExp(`(<!-- generated: ${name} -->\\n)[\\s\\S]*?(<!-- end -->)`, 'u');
  if (!place.test(page)) throw new Error(`the page has no place for what is generated as "${name}"`);
  return page.replace(place, (_all, start: string, end: string) => `${start}\n${text}\n\n${end}`);
}
