import TestSequencer from '@jest/test-sequencer';

const slowness = ['.e2e.spec.ts', '.int.spec.ts', '.spec.ts'];

/** A fresh clone knows no durations: specs that start whole pipelines begin first, so that none runs alone at the end. */
export default class SlowestFirst extends TestSequencer {
  sort(tests) {
    return super.sort(tests).toSorted((one, other) => rankOf(one) - rankOf(other));
  }
}

function rankOf({ path }) {
  return slowness.findIndex((ending) => path.endsWith(ending));
}
