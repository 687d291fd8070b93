import { setImmediate as turn } from 'node:timers/promises';
import PDFDocument from 'pdfkit';
import type { LetterWidth } from './lines-of-text';
import { lengthOf, linesOfText } from './lines-of-text';
import type { Typeface } from './typeface';
import { printable, TYPEFACE } from './typeface';

/** Where a part of a document begins. */
export interface Chapter {
  readonly title: string;
  readonly page: number;
}

/** What is known of a document once it was laid out. */
export interface Plan {
  readonly chapters: readonly Chapter[];
  readonly pages: number;
}

export interface Frame {
  readonly title: string;
  /** Stands on each page. */
  readonly foot: string;
  /** When it counts as made: the same report is the same document, whenever it is made. */
  readonly madeAt: Date;
  /** Of an earlier layout of the same: what contents and page numbers say. */
  readonly plan?: Plan;
  readonly typeface?: Typeface;
}

export const INK = {
  text: '#16202a',
  faint: '#66717c',
  rule: '#cfd6dd',
  accent: '#0b6e99',
  alert: '#b3430f',
};
export const PAGE = { width: 595, left: 48, right: 547, top: 56, bottom: 776 };
export const TEXT_WIDTH = PAGE.right - PAGE.left;

/** Read by whoever takes the document away; more is not laid out before that. */
const MOST_BUFFERED_BYTES = 512 * 1024;
const SIZE = 8.5;
const LEADING = 1.18;

export interface TextStyle {
  readonly size?: number;
  readonly bold?: boolean;
  readonly mono?: boolean;
  readonly ink?: string;
  readonly width?: number;
  readonly align?: 'left' | 'right' | 'center';
}

/** Pages that are filled from above, each with what stands at its foot. Without a plan they are only measured. */
export class Pages {
  readonly document: PDFKit.PDFDocument;
  y = PAGE.top;
  private count = 0;
  private readonly begun: Chapter[] = [];
  private readonly widths = new Map<string, number>();
  private readonly typeface: Typeface;

  constructor(private readonly frame: Frame) {
    this.typeface = frame.typeface ?? TYPEFACE;
    this.document = new PDFDocument({
      size: 'A4',
      margin: 0,
      autoFirstPage: false,
      lang: 'en',
      displayTitle: true,
      info: { Title: printable(frame.title), Creator: 'Chargebook', CreationDate: frame.madeAt },
    });
  }

  get plan(): Plan {
    return { chapters: this.begun, pages: this.count };
  }

  /** What an earlier layout has found. */
  get foreseen(): Plan {
    return this.frame.plan ?? { chapters: [], pages: 0 };
  }

  add(): void {
    this.count += 1;
    this.y = PAGE.top;
    this.paint((document) => {
      document.addPage({ size: 'A4', margin: 0 });
      document.moveTo(PAGE.left, 792).lineTo(PAGE.right, 792).lineWidth(0.5).stroke(INK.rule);
    });
    const style = { size: 7, ink: INK.faint };
    this.text(this.frame.foot, PAGE.left, 798, { ...style, mono: true });
    const number = `Page ${String(this.count)} of ${String(this.foreseen.pages)}`;
    this.text(number, PAGE.left, 798, { ...style, width: TEXT_WIDTH, align: 'right' });
  }

  /** Begins a part on a page of its own. */
  chapter(title: string): void {
    this.add();
    this.begun.push({ title, page: this.count });
    this.paint((document) => {
      document.addNamedDestination(destinationOf(title));
      document.outline.addItem(printable(title));
    });
    this.heading(title);
  }

  heading(title: string): void {
    this.text(title, PAGE.left, this.y, { size: 15, bold: true });
    this.y += 26;
  }

  /** Makes sure that so much fits below, on a new page if need be. @returns whether it is a new one */
  need(height: number): boolean {
    if (this.y + height <= PAGE.bottom) return false;
    this.add();
    return true;
  }

  /** Draws, unless it is only measured. */
  paint(draw: (document: PDFKit.PDFDocument) => void): void {
    if (this.frame.plan != null) draw(this.document);
  }

  /** Writes a text; what does not fit the width goes on below. @returns the height that it takes */
  text(text: string, x: number, y: number, style: TextStyle = {}): number {
    const { size = SIZE, ink = INK.text, width, align = 'left' } = style;
    const font = this.fontOf(style);
    const lines = this.linesOf(text, style);
    this.paint((document) => {
      // Measuring sets the font: it comes first.
      const spare = lines.map((line) =>
        align === 'left' ? 0 : (width ?? 0) - (lengthOf(line, font, this.widthOf) * size) / 1_000,
      );
      document.font(font).fontSize(size).fillColor(ink);
      lines.forEach((line, nth) => {
        const left = x + (spare[nth] ?? 0) / (align === 'center' ? 2 : 1);
        if (line !== '') document.text(line, left, y + nth * size * LEADING, { lineBreak: false });
      });
    });
    return lines.length * size * LEADING;
  }

  heightOf(text: string, style: TextStyle): number {
    return this.linesOf(text, style).length * (style.size ?? SIZE) * LEADING;
  }

  /** Lets go what is laid out so far. */
  async flush(): Promise<void> {
    while (this.document.readableLength > MOST_BUFFERED_BYTES) {
      if (this.document.destroyed) throw new Error('the document is not wanted any more');
      await turn();
    }
  }

  private linesOf(text: string, style: TextStyle): string[] {
    const { size = SIZE, width } = style;
    const words = printable(text, this.typeface);
    if (width == null) return [words];
    return linesOfText(words, { font: this.fontOf(style), size, width }, this.widthOf);
  }

  private fontOf({ bold = false, mono = false }: TextStyle): string {
    return mono ? this.typeface.mono : bold ? this.typeface.bold : this.typeface.text;
  }

  private readonly widthOf: LetterWidth = (font, letter) => {
    const key = `${font}${letter}`;
    let width = this.widths.get(key);
    if (width == null) {
      width = this.document.font(font).fontSize(1_000).widthOfString(letter);
      this.widths.set(key, width);
    }
    return width;
  };
}

export const destinationOf = (title: string) => title.toLowerCase().replaceAll(' ', '-');
