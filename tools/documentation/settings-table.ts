import { describeTenantSettings } from '#finhub-client/settings.js';
import { describeSettings, type SettingRow } from '#platform/settings.js';
import { settingsOfServices } from '../setup/settings-of-services.js';
import { table } from './markdown.js';

/** What each service can be told by its environment: one row per setting, with who reads it. */
export async function settingsTable(): Promise<string> {
  const services = await settingsOfServices();
  const rows = new Map<string, { row: SettingRow; readers: string[] }>();
  for (const [service, schema] of services)
    for (const row of describeSettings(schema)) {
      const entry = rows.get(JSON.stringify(row)) ?? { row, readers: [] };
      entry.readers.push(service);
      rows.set(JSON.stringify(row), entry);
    }
  const cells = [...rows.values()].map(({ row, readers }) => [
    ...cellsOf(row),
    readers.length === services.length ? 'all' : readers.join(', '),
  ]);
  return table(['setting', 'value', 'meaning', 'who reads it'], cells);
}

/** The settings of a tenant at FinHub, by variable, or by key in the file of several tenants. */
export function tenantTable(): string {
  const rows = describeTenantSettings().map((row) => [...cellsOf(row), `\`${row.key}\``]);
  return table(['setting', 'value', 'meaning', 'key in the file'], rows);
}

function cellsOf({ name, value, meaning, isSecret }: SettingRow): string[] {
  const isWord = value === 'required' || value === 'optional';
  return [`\`${name}\``, isWord ? value : `\`${value}\``, isSecret ? `${meaning} (secret)` : meaning];
}
