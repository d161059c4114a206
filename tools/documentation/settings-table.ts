import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { describeTenantSettings } from '#finhub-client/settings.js';
import { describeSettings, type SettingRow } from '#platform/settings.js';
import { projectRoot } from '../local/project-root.js';
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

/** Every app keeps its schema in `settings.ts` or `NAME.settings.ts`, as `NAMESettings`. */
async function settingsOfServices(): Promise<[service: string, schema: z.ZodObject][]> {
  const found: [string, z.ZodObject][] = [];
  for (const app of readdirSync(join(projectRoot, 'apps')).sort()) {
    const file = readdirSync(join(projectRoot, 'apps', app)).find((name) =>
      /^(?:[a-z]+\.)?settings\.ts$/u.test(name),
    );
    if (file === undefined) continue;
    const module = (await import(`../../apps/${app}/${file.replace(/ts$/u, 'js')}`)) as Record<
      string,
      unknown
    >;
    const schema = module[`${app}Settings`];
    if (!(schema instanceof z.ZodObject))
      throw new Error(`apps/${app}/${file} has no schema "${app}Settings"`);
    found.push([app, schema]);
  }
  return found;
}
