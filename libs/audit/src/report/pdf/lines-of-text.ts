/** How wide a letter is, in thousandths of the font's size. */
export type LetterWidth = (font: string, letter: string) => number;

/**
 * Breaks a text into lines: between words where it can, within one where it must. It is done here because a document of many
 * thousand rows is measured twice, and the widths of letters are few.
 *
 * @param width in points
 */
export function linesOfText(
  text: string,
  { font, size, width }: { readonly font: string; readonly size: number; readonly width: number },
  widthOf: LetterWidth,
): string[] {
  const most = (width * 1_000) / size;
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    let used = 0;
    for (const word of paragraph.split(/(?<= )/)) {
      const length = lengthOf(word, font, widthOf);
      if (used + length <= most || (used + lengthOf(word.trimEnd(), font, widthOf) <= most && line !== '')) {
        line += word;
        used += length;
        continue;
      }
      if (line !== '') lines.push(line.trimEnd());
      [line, used] = ['', 0];
      for (const letter of word) {
        const letterWidth = widthOf(font, letter);
        if (used + letterWidth > most && line !== '') {
          lines.push(line);
          [line, used] = ['', 0];
        }
        line += letter;
        used += letterWidth;
      }
    }
    lines.push(line.trimEnd());
  }
  return lines;
}

export function lengthOf(text: string, font: string, widthOf: LetterWidth): number {
  let length = 0;
  for (const letter of text) length += widthOf(font, letter);
  return length;
}
