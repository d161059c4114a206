import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { CliUnderTest } from '../apps/cli/testing/run-cli.js';
import { projectRoot } from '../tools/local/project-root.js';

/** What a reader may type or look for, and where it is written. */
interface Page {
  readonly name: string;
  readonly text: string;
  /** Each line of a code block, and each piece of code within a sentence. */
  readonly code: readonly string[];
}

const pages = [
  'README.md',
  'examples/README.md',
  ...filesUnder('apps').filter((file) => file.endsWith('/README.md')),
  ...filesUnder('docs').filter((file) => file.endsWith('.md')),
].map(readPage);
const { scripts } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
  scripts: Readonly<Record<string, string>>;
};
const cli = new CliUnderTest({});
afterAll(() => {
  cli.remove();
});

describe.each(pages.map((page) => [page.name, page] as const))('%s', (_name, page) => {
  test('names no file that is not there', () => {
    expect(filesNamed(page).filter((file) => !isThere(file))).toEqual([]);
  });

  test('has no link to nowhere', () => {
    expect(linksOf(page).filter((link) => !leadsSomewhere(page, link))).toEqual([]);
  });

  test('names no `npm` script that is not there', () => {
    expect(scriptsNamed(page).filter((script) => scripts[script] === undefined)).toEqual([]);
  });

  test('has no `onboard` command line that is refused for its command or its options', async () => {
    for (const line of commandLinesOf(page)) {
      const words = line.split(/\s+/u);
      const command = words.slice(0, words[0] === 'keys' ? 2 : 1);
      const { exitCode, out } = await cli.run([...command, '--help']);
      expect([line, exitCode, out.split('\n')[0]]).toEqual([
        line,
        0,
        expect.stringContaining(`onboard ${command.join(' ')} `),
      ]);
      for (const [option] of line.matchAll(/(?<= )--[a-z-]+/gu))
        expect([line, out]).toEqual([line, expect.stringContaining(`${option} `)]);
    }
  });
});

test('the pages name files, scripts and commands in the form that is looked for', () => {
  expect(pages.flatMap(filesNamed).length).toBeGreaterThan(50);
  expect(pages.flatMap(linksOf).length).toBeGreaterThan(100);
  expect(pages.flatMap(scriptsNamed).length).toBeGreaterThan(20);
  expect(pages.flatMap(commandLinesOf).length).toBeGreaterThan(20);
});

/** Placeholders are in capitals or in angle brackets: `apps/NAME`, `apps/<stage>`. */
function filesNamed({ code }: Page): string[] {
  const path = /(?<![\w./-])(?:apps|libs|tools|test|examples|docs|lint|dist|\.ci)\/[\w./<>*-]*\w/gu;
  return code
    .flatMap((piece) => [...piece.matchAll(path)].map(([file]) => file))
    .filter((file) => !/[<>*]|[A-Z]{2}(?!\w*\.md)/u.test(file));
}

/** What lies in `dist/` is compiled from a file of the same name. */
function isThere(file: string): boolean {
  const source = file.replace(/^dist\//u, '').replace(/\.js$/u, '.ts');
  return existsSync(join(projectRoot, file.startsWith('dist/') ? source : file));
}

function linksOf({ text }: Page): string[] {
  return [...text.matchAll(/\]\((?!https?:)([^)\s]+)\)/gu)].map(([, link = '']) => link);
}

function leadsSomewhere({ name }: Page, link: string): boolean {
  const [path = '', heading] = link.split('#');
  const file = path === '' ? name : relative(projectRoot, join(projectRoot, dirname(name), path));
  if (!existsSync(join(projectRoot, file))) return false;
  return heading === undefined || headingsOf(file).includes(heading);
}

/** As GitHub makes anchors of them. */
function headingsOf(file: string): string[] {
  return [...readFileSync(join(projectRoot, file), 'utf8').matchAll(/^#+ (.*)$/gmu)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function scriptsNamed({ code }: Page): string[] {
  return code
    .flatMap((piece) => [...piece.matchAll(/\bnpm (?:run (?<script>[\w:-]+)|(?<short>start|test)\b)/gu)])
    .map(({ groups = {} }) => groups['script'] ?? groups['short'] ?? '');
}

/** From the command on; up to a comment or a pipe. */
function commandLinesOf({ code }: Page): string[] {
  return code.flatMap(
    (piece) => /^(?:npx )?onboard (?<line>[a-z][^#|]*)/u.exec(piece.trim())?.groups?.['line'] ?? [],
  );
}

function readPage(name: string): Page {
  const text = readFileSync(join(projectRoot, name), 'utf8');
  const blocks = [...text.matchAll(/^```(?!mermaid)\w*\n(.*?)^```$/gmsu)].flatMap(([, block = '']) =>
    block.split('\n'),
  );
  const pieces = [...text.replaceAll(/^```.*?^```$/gmsu, '').matchAll(/`([^`]+)`/gu)].map(
    ([, piece = '']) => piece,
  );
  return { name, text, code: [...blocks, ...pieces] };
}

function filesUnder(folder: string): string[] {
  return readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' })
    .sort()
    .map((file) => `${folder}/${file}`);
}
