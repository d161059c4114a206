import { randomInt } from 'node:crypto';

const lower = 'abcdefghijkmnopqrstuvwxyz';
const upper = 'ABCDEFGHJKLMNPQRSTUVWXYZ';
const digits = '23456789';
const symbols = '!#%*+-=?@_';
const lengthOfGenerated = 24;

/** A random password by FinHub's rule: at least 12 characters, upper and lower case, digits, symbols (CONTRACT.md c.2.2). */
export function generatePassword(): string {
  const classes = [lower, upper, digits, symbols];
  const characters = [...classes.map(pick)];
  while (characters.length < lengthOfGenerated) characters.push(pick(classes.join('')));
  return shuffled(characters).join('');
}

function pick(alphabet: string): string {
  return alphabet.charAt(randomInt(alphabet.length));
}

/** Fisher-Yates: the classes of the first four characters must not be guessable. */
function shuffled(characters: readonly string[]): string[] {
  const result = [...characters];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    [result[last], result[other]] = [result[other] ?? '', result[last] ?? ''];
  }
  return result;
}
