import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { backplateIdOf, circuitIdOf, commandIdOf, deriveId, isId } from './ids';

const id = fc.string({ unit: fc.constantFrom(...'aB3._:-'), minLength: 1, maxLength: 64 });

describe('ids', () => {
  it('are 1 to 64 of the allowed letters', () => {
    expect(['a', 'A.z_0:9-', 'x'.repeat(64)].every(isId)).toBe(true);
    expect(['', 'a b', 'ä', 'a\n', 'x'.repeat(65)].some(isId)).toBe(false);
  });

  it('made from others are ids too, and differ where these differ', () => {
    const pairs = fc.uniqueArray(fc.tuple(id, id), {
      minLength: 2,
      selector: (pair) => JSON.stringify(pair),
    });
    fc.assert(
      fc.property(pairs, (all) => {
        const backplates = all.map(([site, charger]) => backplateIdOf(site, charger));
        expect(backplates.every(isId)).toBe(true);
        expect(new Set(backplates).size).toBe(all.length);
        expect(all.every(([site]) => isId(circuitIdOf(site)))).toBe(true);
        expect(all.every((parts) => isId(commandIdOf('relocate', ...parts)))).toBe(true);
      }),
    );
  });

  it('can be derived from any text, keep what is readable and differ for different texts', () => {
    expect(deriveId('Gärtnerstr. 5')).toMatch(/^Gartnerstr.-5-[0-9a-f]{8}$/);
    expect(deriveId('Straße')).toMatch(/^Strasse-[0-9a-f]{8}$/);
    const texts = fc.uniqueArray(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 2 });
    fc.assert(
      fc.property(texts, (all) => {
        const derived = all.map(deriveId);
        expect(derived.every(isId)).toBe(true);
        expect(new Set(derived).size).toBe(all.length);
      }),
    );
  });
});
