import { createRequire } from 'node:module';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { PAGE, Pages } from './pages';
import { printable, typefaceOf } from './typeface';

const FOLDER = path.join(
  path.dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json')),
  'standard_fonts',
);
const file = (name: string) => path.join(FOLDER, name);
const typeface = typefaceOf(
  {
    text: file('LiberationSans-Regular.ttf'),
    bold: file('LiberationSans-Bold.ttf'),
    mono: file('LiberationSans-Regular.ttf'),
  },
  'Greek',
  'Cyrillic',
);

async function wordsIn(text: string): Promise<string> {
  const pages = new Pages({
    title: text,
    foot: 'foot',
    madeAt: new Date(0),
    plan: { chapters: [], pages: 1 },
    typeface,
  });
  pages.add();
  pages.text(text, PAGE.left, pages.y, { width: 300 });
  pages.document.end();
  const document = await getDocument({ data: new Uint8Array(await buffer(pages.document)), verbosity: 0 })
    .promise;
  const { items } = await (await document.getPage(1)).getTextContent();
  await document.destroy();
  return items.map((item) => ('str' in item ? item.str : '')).join(' ');
}

describe('a typeface of files', () => {
  it('shows the letters that it has', async () => {
    expect(await wordsIn('\u0391\u03b8\u03ae\u03bd\u03b1 \u041a\u0438\u0457\u0432 Oslo')).toContain(
      '\u0391\u03b8\u03ae\u03bd\u03b1 \u041a\u0438\u0457\u0432 Oslo',
    );
  });

  it('tells others by their codes', () => {
    expect(printable('\u0416 \u6771 e', typeface)).toBe('\u0416 \\u{6771} e');
    expect(printable('\u0416 \u6771 e')).toBe('\\u{416} \\u{6771} e');
  });
});
