import { describe, expect, it } from '@jest/globals';
import { rangeOf } from './range';

describe('a range of a file of 100 bytes', () => {
  it.each([
    ['bytes=0-9', { start: 0, end: 9 }],
    ['bytes=90-', { start: 90, end: 99 }],
    ['bytes=90-1000', { start: 90, end: 99 }],
    ['bytes=-10', { start: 90, end: 99 }],
    ['bytes=-1000', { start: 0, end: 99 }],
    ['bytes=100-', 'UNSATISFIABLE'],
    ['bytes=-0', 'UNSATISFIABLE'],
    ['bytes=9-0', undefined],
    ['bytes=0-1,5-6', undefined],
    ['bytes=-', undefined],
    ['bytes=a-b', undefined],
    ['items=0-9', undefined],
    [undefined, undefined],
  ])('%j is %j', (header, range) => {
    expect(rangeOf(header, 100)).toEqual(range);
  });

  it('that is empty has none', () => {
    expect(rangeOf('bytes=0-', 0)).toBe('UNSATISFIABLE');
  });
});
