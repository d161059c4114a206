import { format } from 'prettier';
import { asyncApiFile } from './asyncapi.js';
import { errorsPage } from './errors-page.js';
import { jsonSchemaFiles } from './json-schemas.js';

/** Every file that is generated from the contracts: path from the repository's root, and text as Prettier would have it. */
export async function generatedFiles(): Promise<ReadonlyMap<string, string>> {
  const texts = new Map([
    ['docs/errors.md', errorsPage()],
    ['docs/asyncapi.yaml', asyncApiFile()],
    ...[...jsonSchemaFiles()].map(([name, text]) => [`docs/schemas/${name}`, text] as const),
  ]);
  const formatted = [...texts].map(async ([path, text]) => [path, await formattedAs(path, text)] as const);
  return new Map(await Promise.all(formatted));
}

/** The options of `.prettierrc.json`; given here because a test may run from any folder. */
function formattedAs(path: string, text: string): Promise<string> {
  return format(text, { filepath: path, singleQuote: true, printWidth: 110, trailingComma: 'all' });
}
