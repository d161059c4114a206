import type { Reason } from '../reason-codes/reason-code.js';
import { reasonSections } from '../reason-codes.js';

/** The text of `docs/errors.md`: every reason code with its sentence and what to do. */
export function errorsPage(): string {
  return [
    '# Reason codes',
    '',
    'Every rejection, parking, refusal, failed attempt and broken rule has one of these stable codes. They are in events, in',
    "the API's problem details (`code`), on the timeline and in the CLI. A code never changes its meaning.",
    '',
    'Generated from `libs/contracts/reason-codes/`; do not edit.',
    '',
    ...reasonSections.flatMap(sectionOf),
  ].join('\n');
}

function sectionOf({ title, about, reasons }: (typeof reasonSections)[number]): string[] {
  const rows = Object.entries<Reason>(reasons).sort(([a], [b]) => a.localeCompare(b));
  return [
    `## ${title}`,
    '',
    about,
    '',
    '| code | what it says | what to do | who |',
    '| --- | --- | --- | --- |',
    ...rows.map(([code, { sentence, remedy, audience }]) =>
      [`| \`${code}\``, cell(sentence), cell(remedy), `${audience} |`].join(' | '),
    ),
    '',
  ];
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
