import { objectOf, type Loose } from './loose.js';

/** What tells a discriminator: the fields that only one of its values goes with. */
const kindOfField = { individual: 'individual', organization: 'organization' };
/** Asked where there are neither or both of those. */
const kindOfPart = {
  employees: 'organization',
  directors: 'organization',
  shareholders: 'organization',
  signatory: 'organization',
};
const typeOfField = { firstName: 'INDIVIDUAL', lastName: 'INDIVIDUAL', companyName: 'CORPORATE' };

/**
 * The request with its kind and its shareholders' types, where these are missing or wrong and a field beside them tells what
 * they should be. Without them nothing that hangs on them could be judged, and its errors would come after a correction only.
 */
export function withGuesses(request: unknown): unknown {
  const guessed = withGuess(request, 'kind', [kindOfField, kindOfPart]);
  const { shareholders } = objectOf(guessed);
  if (!Array.isArray(shareholders)) return guessed;
  const typed = shareholders.map((shareholder) => withGuess(shareholder, 'type', [typeOfField]));
  return { ...objectOf(guessed), shareholders: typed };
}

type ValueOfField = Readonly<Record<string, string>>;

/** By the first table whose fields agree. */
function withGuess(value: unknown, name: string, tables: readonly ValueOfField[]): unknown {
  const object: Loose = objectOf(value);
  const isKnown = tables.some((table) => Object.values(table).includes(object[name] as string));
  if (object !== value || isKnown) return value;
  const guess = tables.map((table) => guessBy(table, object)).find((found) => found !== undefined);
  return guess === undefined ? value : { ...object, [name]: guess };
}

/** Undefined where no field tells, or two tell different things. */
function guessBy(table: ValueOfField, object: Loose): string | undefined {
  const told = Object.keys(table).filter((field) => Object.hasOwn(object, field));
  const [guess, ...others] = new Set(told.map((field) => table[field]));
  return others.length > 0 ? undefined : guess;
}
