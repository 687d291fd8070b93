import { describe, expect, it } from '@jest/globals';
import type { DecimalMark } from './numbers';
import { readNumber } from './numbers';

describe('a number', () => {
  it.each<[string, DecimalMark, number]>([
    ['12.345', '.', 12.345],
    ['12,345', ',', 12.345],
    ['12,345', '.', 12_345],
    ['1.234.567,8', ',', 1_234_567.8],
    ['1 234,5', ',', 1234.5],
    ["1'234.5", '.', 1234.5],
    ['0', '.', 0],
    ['-1.5', '.', -1.5],
  ])('%s with the mark %s is %d', (text, mark, value) => {
    expect(readNumber(text, mark)).toBe(value);
  });

  it.each<[string, DecimalMark]>([
    ['plenty', '.'],
    ['12.34', ','],
    ['1,23', '.'],
    ['1.2.3', '.'],
    ['1e3', '.'],
    ['.5', '.'],
    ['5.', '.'],
    ['12 kWh', '.'],
    ['Infinity', '.'],
  ])('%s with the mark %s is none', (text, mark) => {
    expect(readNumber(text, mark)).toBeUndefined();
  });
});
