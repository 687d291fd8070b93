import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JsonValue } from './canonical-json';
import { canonicalJson } from './canonical-json';

describe('canonical JSON', () => {
  it.each<[string, JsonValue, string]>([
    [
      'sorts names by code units',
      { b: 1, a: 2, '\u20ac': 3, B: 4, '1': 5 },
      '{"1":5,"B":4,"a":2,"b":1,"\u20ac":3}',
    ],
    [
      'sorts a pair of surrogates before what comes after them',
      { '\ufb33': 1, '\u{1f600}': 2 },
      '{"\u{1f600}":2,"\ufb33":1}',
    ],
    [
      'writes numbers as ECMAScript does',
      [1e30, 4.5, 0.002, 1e-27, -0, 333333333.3333333],
      '[1e+30,4.5,0.002,1e-27,0,333333333.3333333]',
    ],
    [
      'escapes what must be and nothing else',
      '\u20ac$\u000f\nA\'B"\\\\"/',
      '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"',
    ],
    ['leaves out what is undefined', { a: undefined, b: null }, '{"b":null}'],
  ])('%s', (_, value, written) => {
    expect(canonicalJson(value)).toBe(written);
  });

  it.each([NaN, Infinity])('refuses %p', (value) => {
    expect(() => canonicalJson([value])).toThrow(TypeError);
  });

  it('is the same in whatever order names are told', () => {
    const turned = (value: JsonValue): JsonValue => {
      if (value == null || typeof value !== 'object') return value;
      if (Array.isArray(value)) return value.map((item) => turned(item as JsonValue));
      const members = Object.entries(value) as [string, JsonValue][];
      return Object.fromEntries(members.reverse().map(([name, member]) => [name, turned(member)]));
    };
    fc.assert(
      fc.property(fc.json(), (text) => {
        const value = JSON.parse(text) as JsonValue;
        expect(canonicalJson(turned(value))).toBe(canonicalJson(value));
      }),
    );
  });

  it('says the same as JSON does, whatever the order of names', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const value = JSON.parse(text) as JsonValue;
        const written = canonicalJson(value);
        expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(written) as JsonValue)).toBe(written);
      }),
    );
  });
});
