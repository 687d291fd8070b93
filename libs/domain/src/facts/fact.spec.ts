import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { at, atMinute, fact } from '../book.fixtures';
import type { Fact } from './fact';
import { compareFacts } from './fact';

const seen = (charger: string, time: string, bookOrder: number, deviceSequence?: number): Fact =>
  fact({ event: { type: 'PowerLost', data: { charger } }, at: at(time), bookOrder, deviceSequence });

describe('the order of facts', () => {
  it.each<[rule: string, first: Fact, second: Fact]>([
    ['by when it happened, told late or not', seen('C1', '09:00', 2), seen('C1', '10:00', 1)],
    [
      'by when it happened, whatever the device counted',
      seen('C1', '09:00', 2, 9),
      seen('C1', '10:00', 1, 1),
    ],
    ["a device's own count before facts without", seen('C1', '10:00', 2, 900), seen('C1', '10:00', 1)],
    ['count 0 is a count', seen('C1', '10:00', 2, 0), seen('C1', '10:00', 1)],
    ['among devices by the device', seen('A', '10:00', 2, 9), seen('B', '10:00', 1, 1)],
    ['of one device by its count, as a number', seen('C1', '10:00', 2, 9), seen('C1', '10:00', 1, 10)],
    ['of one device and count by the book', seen('C1', '10:00', 1, 7), seen('C1', '10:00', 2, 7)],
    ['without a count by the book, not by the device', seen('B', '10:00', 1), seen('A', '10:00', 2)],
  ])('%s', (_rule, first, second) => {
    expect(compareFacts(first, second)).toBeLessThan(0);
    expect(compareFacts(second, first)).toBeGreaterThan(0);
  });

  it('is total: of any three facts each pair is in order, both ways round, and the order passes on', () => {
    const someFact = fc.record({
      charger: fc.constantFrom('A', 'B'),
      minute: fc.integer({ min: 0, max: 2 }),
      deviceSequence: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
    });
    const order = (a: Fact, b: Fact) => Math.sign(compareFacts(a, b));
    fc.assert(
      fc.property(
        fc.tuple(someFact, someFact, someFact),
        fc.constantFrom([1, 2, 3], [3, 1, 2], [2, 3, 1]),
        (some, orders) => {
          const [a, b, c] = some.map(({ charger, minute, deviceSequence }, index) =>
            fact({
              event: { type: 'PowerLost', data: { charger } },
              at: atMinute(minute),
              bookOrder: orders[index] ?? 0,
              deviceSequence,
            }),
          ) as [Fact, Fact, Fact];
          expect(order(a, a)).toBe(0);
          for (const [x, y] of [
            [a, b],
            [b, c],
            [a, c],
          ] as const) {
            expect(order(x, y)).not.toBe(0);
            expect(order(x, y)).toBe(-order(y, x));
          }
          if (order(a, b) < 0 && order(b, c) < 0) expect(order(a, c)).toBe(-1);
        },
      ),
      { numRuns: 500 },
    );
  });
});
