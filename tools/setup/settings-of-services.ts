import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { projectRoot } from '../local/project-root.js';

/** What each service can be told: every app keeps its schema in `settings.ts` or `NAME.settings.ts`, as `NAMESettings`. */
export async function settingsOfServices(): Promise<[service: string, schema: z.ZodObject][]> {
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
