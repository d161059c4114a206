/** What a migration may not say of a table that an old version of a service works with, and what to do instead. */
const forbidden: readonly { readonly statement: RegExp; readonly instead: string }[] = [
  {
    statement: /\bdrop\s+(?:table|column)\b|\bdrop\b(?=[^,;]*\bcascade\b)/iu,
    instead: 'the old version still reads it: drop it in a later release, as an exception with its reason',
  },
  { statement: /\brename\b/iu, instead: 'the old version knows the old name: add, copy, switch, then drop' },
  {
    statement: /\balter\s+column\s+\S+\s+(?:set\s+data\s+)?type\b/iu,
    instead: 'it rewrites the table under an exclusive lock: add a column of the new type',
  },
  {
    statement: /\bset\s+not\s+null\b/iu,
    instead: 'it reads the whole table under an exclusive lock: add a CHECK ... NOT VALID and validate it',
  },
  {
    statement: /\badd\s+column\b(?=[^,;]*\bnot\s+null\b)(?![^,;]*\bdefault\b)/iu,
    instead: 'the old version inserts rows without it: give it a DEFAULT',
  },
  {
    statement: /\badd\s+(?:constraint\s+\S+\s+)?(?:check|foreign\s+key)\b(?![^;]*\bnot\s+valid\b)/iu,
    instead: 'it reads the whole table under a lock: add it NOT VALID, validate it in a migration of its own',
  },
  {
    statement: /\bcreate\s+(?:unique\s+)?index\s+(?!concurrently\b)/iu,
    instead: 'writes wait for it: CREATE INDEX CONCURRENTLY, in a migration with `transaction = false`',
  },
  {
    statement: /^\s*(?:update|delete)\b/iu,
    instead: 'it locks what the old version writes: have the service do it in small parts',
  },
];

/**
 * Why a migration would not be safe while the old version runs, a sentence per statement; none when it is. What concerns
 * tables that the same migration creates is always safe.
 */
export function unsafeStatements(statements: readonly string[]): string[] {
  const created = new Set(
    statements.flatMap((sql) => tablesAfter(/\bcreate\s+table\s+(?:if\s+not\s+exists\s+)?/giu, sql)),
  );
  return statements.flatMap((sql) => {
    const tables = tablesAfter(/\b(?:alter\s+table(?:\s+only)?|on)\s+(?:if\s+exists\s+)?/giu, sql);
    if (tables.length > 0 && tables.every((table) => created.has(table))) return [];
    return forbidden
      .filter(({ statement }) => statement.test(sql))
      .map(({ instead }) => `${sql.trim().replaceAll(/\s+/gu, ' ').slice(0, 80)}: ${instead}`);
  });
}

function tablesAfter(words: RegExp, sql: string): string[] {
  return [...sql.matchAll(new RegExp(`${words.source}([a-z_][\\w.]*)`, words.flags))].map(
    ([, table]) => table ?? '',
  );
}
