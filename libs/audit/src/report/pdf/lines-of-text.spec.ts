import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LetterWidth } from './lines-of-text';
import { lengthOf, linesOfText } from './lines-of-text';
import { printable } from './typeface';

const widthOf: LetterWidth = (_, letter) => (letter === 'W' ? 900 : 500);
const linesIn = (text: string, letters: number) =>
  linesOfText(text, { font: 'Courier', size: 10, width: letters * 5 }, widthOf);

describe('lines of a text', () => {
  it.each([
    ['two words here', 9, ['two words', 'here']],
    ['unbreakable', 5, ['unbre', 'akabl', 'e']],
    ['one\ntwo', 10, ['one', 'two']],
    ['', 10, ['']],
    ['a  b', 2, ['a', 'b']],
  ])('of %j in %d letters are %j', (text, letters, lines) => {
    expect(linesIn(text, letters)).toEqual(lines);
  });

  it('fit the width and leave out nothing but spaces', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'W', ' ', '\n', 'bcd') }),
        fc.integer({ min: 2, max: 30 }),
        (text, letters) => {
          const lines = linesIn(text, letters);
          expect(lines.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
          for (const line of lines)
            expect(lengthOf(line.trimEnd(), 'Courier', widthOf)).toBeLessThanOrEqual(letters * 500);
        },
      ),
    );
  });
});

describe('what is printed', () => {
  it.each([
    ['Grünerløkka, 20 €', 'Grünerløkka, 20 €'],
    ['充電', '\\u{5145}\\u{96fb}'],
    ['a\u202eb\u0000', 'a\\u{202e}b\\u{0}'],
    ['😀', '\\u{1f600}'],
  ])('of %j is %j', (text, printed) => {
    expect(printable(text)).toBe(printed);
  });
});
