/** The fonts of a document: names that every reader knows, or paths of files that are put into it. */
export interface Typeface {
  readonly text: string;
  readonly bold: string;
  readonly mono: string;
  /** Letters that one of them cannot show, anywhere in a text. */
  readonly unknown: RegExp;
}

/** What is read by every reader: Latin letters of the west, and some signs. */
const BUILT_IN: Typeface = {
  text: 'Helvetica',
  bold: 'Helvetica-Bold',
  mono: 'Courier',
  unknown: /[^\n\x20-\x7e\u00a0-\u00ff\u20ac\u2013\u2014\u2018\u2019\u201c\u201d\u2022\u2026]/gu,
};

/**
 * A typeface of files in TrueType or OpenType.
 *
 * @param scripts names of Unicode scripts of which all three files have the letters, such as `Greek`
 */
export function typefaceOf(
  files: Pick<Typeface, 'text' | 'bold' | 'mono'>,
  ...scripts: readonly string[]
): Typeface {
  const letters = scripts.map((script) => `\\p{Script=${script}}`).join('');
  return { ...files, unknown: new RegExp(BUILT_IN.unknown.source.replace(/]$/, `${letters}]`), 'gu') };
}

/** What documents are written in. Where a package of fonts is installed, its files are named here and nowhere else. */
export const TYPEFACE: Typeface = BUILT_IN;

/** What a typeface cannot show is told by its code, so that nothing is shown as something else. */
export function printable(text: string, { unknown }: Typeface = TYPEFACE): string {
  return text.replace(unknown, (letter) => `\\u{${(letter.codePointAt(0) ?? 0).toString(16)}}`);
}
