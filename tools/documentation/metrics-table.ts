import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeMetrics } from '#platform/metrics.js';
import { projectRoot } from '../local/project-root.js';
import { table } from './markdown.js';

/** Every metric that an app or a lib defines. They are defined when their modules load, so all of those are loaded. */
export async function metricsTable(): Promise<string> {
  for (const module of modulesWithMetrics()) await import(`../../${module}`);
  const rows = describeMetrics()
    .map(({ name, type, labels, meaning }) => [`\`${name}\``, type, labels.join(', '), meaning])
    .sort(([a = ''], [b = '']) => a.localeCompare(b));
  return table(['metric', 'type', 'labels', 'meaning'], rows);
}

function modulesWithMetrics(): string[] {
  return ['apps', 'libs'].flatMap((folder) =>
    readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
      .map((name) => `${folder}/${name}`)
      .filter((name) =>
        /^import \{.*\} from '#platform\/metrics\.js';$/mu.test(
          readFileSync(join(projectRoot, name), 'utf8'),
        ),
      )
      .map((name) => name.replace(/ts$/u, 'js')),
  );
}
