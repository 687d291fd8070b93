import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FactType } from './fact-log';
import { IndexedFacts, ScannedFacts } from './fact-log';
import { history, instant } from './history.fixtures';

const types = fc.subarray<FactType>(
  [
    'ChargerMounted',
    'ChargerDismounted',
    'PowerLost',
    'PowerRestored',
    'SessionStarted',
    'DynamicCircuitCurrentSet',
  ],
  { minLength: 1, maxLength: 3 },
);

describe('facts of one thing', () => {
  it('answer the same whether they are scanned or indexed', () => {
    fc.assert(
      fc.property(history, types, instant, fc.nat(), (story, asked, at, chance) => {
        const facts = story.effective();
        const other = facts[chance % facts.length];
        const [scanned, indexed] = [new ScannedFacts([...facts].reverse()), new IndexedFacts(facts)];
        expect(indexed.latest(asked, at)).toBe(scanned.latest(asked, at));
        expect(indexed.all(asked, at)).toEqual(scanned.all(asked, at));
        if (other == null) return;
        expect(indexed.latestBefore(asked, other)).toBe(scanned.latestBefore(asked, other));
        expect(indexed.firstAfter(asked, other, at)).toBe(scanned.firstAfter(asked, other, at));
      }),
      { numRuns: 200 },
    );
  });
});
