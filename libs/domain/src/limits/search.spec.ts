import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { firstWithout } from './search';

describe('the first item without a condition', () => {
  it('is found from wherever it is looked for', () => {
    const list = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 });
    fc.assert(
      fc.property(list, fc.integer({ min: -1, max: 21 }), fc.nat(), (numbers, most, some) => {
        const sorted = [...numbers].sort((a, b) => a - b);
        const found = firstWithout(sorted, (number) => number <= most, some % (sorted.length + 1));
        expect(found).toBe(sorted.filter((number) => number <= most).length);
      }),
      { numRuns: 500 },
    );
  });

  it('is near where it was: a step costs a few looks, however long the list', () => {
    const sorted = Array.from({ length: 100_000 }, (_, index) => index);
    let looks = 0;
    const until = (most: number) => (number: number) => {
      looks += 1;
      return number <= most;
    };
    let near = 0;
    for (let most = 0; most < 1_000; most += 1) near = firstWithout(sorted, until(most), near);
    expect(near).toBe(1_000);
    expect(looks).toBeLessThan(4 * 1_000);
  });
});
