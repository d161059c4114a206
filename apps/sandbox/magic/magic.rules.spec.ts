import { describe, expect, it } from '@jest/globals';
import { magicTags } from './magic.rules.js';

describe('magic tags', () => {
  it('are the +parts of the local part and MAGIC: words of the name, each once', () => {
    expect(magicTags('ona+kyc-rejected+17@example.test', 'MAGIC:hang MAGIC:kyc-rejected')).toEqual([
      'kyc-rejected',
      'hang',
    ]);
  });

  it('are nothing that is only written like one', () => {
    expect(magicTags('hang@example.test', 'conflict')).toEqual([]);
    expect(magicTags('ona+constructor@example.test', 'MAGIC:toString')).toEqual([]);
    expect(magicTags('ona@conflict+hang.test', 'Petraite')).toEqual([]);
  });
});
