import { objectOf, type Loose } from './loose.js';

/** What tells a discriminator: the fields that only one of its values goes with. */
const kindOfField = { individual: 'individual', organization: 'organization' };
const typeOfField = { firstName: 'INDIVIDUAL', lastName: 'INDIVIDUAL', companyName: 'CORPORATE' };

/**
 * The request with its kind and its shareholders' types, where these are missing or wrong and a field beside them tells what
 * they should be. Without them nothing that hangs on them could be judged, and its errors would come after a correction only.
 */
export function withGuesses(request: unknown): unknown {
  const guessed = withGuess(request, 'kind', kindOfField);
  const { shareholders } = objectOf(guessed);
  if (!Array.isArray(shareholders)) return guessed;
  const typed = shareholders.map((shareholder) => withGuess(shareholder, 'type', typeOfField));
  return { ...objectOf(guessed), shareholders: typed };
}

function withGuess(value: unknown, name: string, valueOfField: Readonly<Record<string, string>>): unknown {
  const object: Loose = objectOf(value);
  if (object !== value || Object.values(valueOfField).includes(object[name] as string)) return value;
  const told = Object.keys(valueOfField).filter((field) => Object.hasOwn(object, field));
  const [guess, ...others] = new Set(told.map((field) => valueOfField[field]));
  return guess === undefined || others.length > 0 ? value : { ...object, [name]: guess };
}
