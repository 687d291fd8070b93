export type DecimalMark = '.' | ',';

/**
 * Reads a number written with the given decimal mark; groups of three may be set off by the other mark, a space or an
 * apostrophe. Undefined when it is not a plain number.
 */
export function readNumber(text: string, decimalMark: DecimalMark): number | undefined {
  const groupMark = decimalMark === '.' ? ',' : '.';
  const shape = decimalMark === '.' ? dotShape : commaShape;
  if (!shape.test(text)) return undefined;
  const digits = text
    .replaceAll(groupMark, '')
    .replaceAll(/[\s'’]/g, '')
    .replace(decimalMark, '.');
  return Number(digits);
}

const dotShape = /^[+-]?(\d+|\d{1,3}([,\s'’]\d{3})+)(\.\d+)?$/;
const commaShape = /^[+-]?(\d+|\d{1,3}([.\s'’]\d{3})+)(,\d+)?$/;
