import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { GrowingList } from './growing-list';

const initial = (word: string): string | undefined => word[0];
const twice = (word: string): string | undefined => (word.length > 1 ? word.slice(0, 2) : undefined);

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 3 });
/** A list grows from any of those before it. */
const growth = fc.record({ from: fc.nat(), added: fc.array(word, { maxLength: 4 }) });

describe('a growing list', () => {
  it('is what an array copied at each step would be, however lists grow from one another', () => {
    fc.assert(
      fc.property(fc.array(word), fc.array(growth, { maxLength: 30 }), (first, growths) => {
        const lists = [{ list: GrowingList.of(first), array: first }];
        for (const { from, added } of growths) {
          const grown = lists[from % lists.length] as (typeof lists)[number];
          // Looked for at every step, so that the index grows along.
          grown.list.named(initial, 'a');
          lists.push({ list: grown.list.with(added), array: [...grown.array, ...added] });
        }
        for (const { list, array } of lists) {
          expect(list.toArray()).toEqual(array);
          expect(list.length).toBe(array.length);
          expect(list.last).toBe(array.at(-1));
          for (const name of ['a', 'b', 'ab'])
            for (const nameOf of [initial, twice])
              expect(list.named(nameOf, name)).toEqual(array.filter((item) => nameOf(item) === name));
        }
      }),
    );
  });

  it('does not show what was added after it, also where it was given out as an array', () => {
    const list = GrowingList.of(['a']);
    const array = list.toArray();
    const longer = list.with(['b']);
    expect(array).toEqual(['a']);
    expect(list.last).toBe('a');
    expect(list.named(initial, 'b')).toEqual([]);
    expect(longer.named(initial, 'b')).toEqual(['b']);
  });
});
