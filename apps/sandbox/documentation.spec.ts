import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { describeSettings } from '#platform/settings.js';
import { faultMeanings } from './faults/fault.js';
import { magicMeanings } from './magic/magic.rules.js';
import { sandboxSettings } from './sandbox.settings.js';
import { switchMeanings } from './switches.js';

const text = readFileSync('docs/sandbox.md', 'utf8').replaceAll(/ +/gu, ' ');

describe('docs/sandbox.md', () => {
  it.each(Object.entries({ ...magicMeanings, ...faultMeanings, ...switchMeanings }))(
    'says of %s what the code says',
    (name, meaning) => {
      expect(text).toContain(`| \`${name}\` | ${meaning} |`);
    },
  );

  it('has every setting with its default', () => {
    const own = describeSettings(sandboxSettings).filter(({ name }) => name.startsWith('SANDBOX_'));
    for (const { name, value, meaning } of own)
      expect(text).toContain(`| \`${name}\` | ${value} | ${meaning} |`);
  });
});
