import type { JsonValue } from '@chargebook/transparency';
import { canonicalJson } from '@chargebook/transparency';
import type { LineKind } from '../report-line';
import type { Pages } from './pages';
import { INK, PAGE, TEXT_WIDTH } from './pages';

export type Line = Readonly<Record<string, JsonValue>>;

/** A column: heading, its share of the width, and what stands in it. */
type Column = readonly [heading: string, share: number, cell: (line: Line) => string];

export interface TableSection {
  readonly kind: LineKind;
  readonly title: string;
  readonly columns: readonly Column[];
}

const SIZE = 7.5;
const GAP = 6;

export function textOf(value: JsonValue | undefined): string {
  if (value == null) return '';
  return typeof value === 'object' ? canonicalJson(value) : String(value);
}

const member = (name: string) => (line: Line) => textOf(line[name]);
/** `2026-05-04 10:00:00Z`: what the eye reads more easily, without the milliseconds where there are none. */
export const instant = (value: JsonValue | undefined) =>
  typeof value === 'string' ? value.replace('T', ' ').replace('.000Z', 'Z') : '';
const time = (name: string) => (line: Line) => instant(line[name]);
const place = ({ backplate, circuit, site }: Line) =>
  [backplate, circuit, site].filter((part) => part != null).join(' / ');
const kilowattHours = ({ energyWattHours }: Line) =>
  typeof energyWattHours === 'number' ? `${String(energyWattHours / 1_000)} kWh` : '';
const actor = (name: string) => (line: Line) => {
  const { kind, id } = (line[name] ?? {}) as Line;
  return [kind, id].filter((part) => part != null).join(' ');
};

function allBut(...names: readonly string[]): (line: Line) => string {
  return (line) =>
    Object.entries(line)
      .filter(([name]) => !names.includes(name) && name !== 'kind')
      .map(([name, value]) => `${name} ${textOf(value)}`)
      .join(', ');
}

function amps({ amps: value, offeredAmps, behaviour, binding }: Line): string {
  const told = value == null ? '' : typeof value === 'object' ? textOf(value) : `${String(value)} A`;
  const offered = offeredAmps != null && offeredAmps !== value ? `, offered ${textOf(offeredAmps)} A` : '';
  const by = Array.isArray(binding) && binding.length > 0 ? ` by ${binding.join(', ')}` : '';
  return `${told}${offered}${by}${behaviour == null ? '' : ` (${textOf(behaviour)})`}`.trim();
}

/** Sections that are tables, in the order of the report. */
export const TABLE_SECTIONS: readonly TableSection[] = [
  {
    kind: 'asset',
    title: 'Register of assets',
    columns: [
      ['Asset', 55, member('asset')],
      ['Id', 110, member('id')],
      ['At the end of the span', 322, allBut('asset', 'id')],
    ],
  },
  {
    kind: 'placement',
    title: 'Placements',
    columns: [
      ['Charger', 85, member('charger')],
      ['Backplate / circuit / site', 165, place],
      ['From', 80, time('from')],
      ['Until', 80, time('until')],
      ['Recorded at', 77, time('recordedAt')],
    ],
  },
  {
    kind: 'control',
    title: 'Control',
    columns: [
      ['Thing', 170, member('thing')],
      ['Operator', 130, member('operator')],
      ['Since', 90, time('since')],
      ['Until', 90, time('until')],
    ],
  },
  {
    kind: 'limit',
    title: 'Limits',
    columns: [
      ['Thing', 95, member('thing')],
      ['Source', 80, member('source')],
      ['From', 80, time('from')],
      ['Until', 80, time('until')],
      ['Limit', 92, amps],
      ['Set by', 48, actor('setBy')],
    ],
  },
  {
    kind: 'session',
    title: 'Sessions',
    columns: [
      ['Session', 85, member('id')],
      ['Charger', 70, member('charger')],
      ['Backplate / circuit / site', 125, place],
      ['Started', 80, time('startedAt')],
      ['Ended', 80, time('endedAt')],
      ['Energy', 47, kilowattHours],
    ],
  },
  {
    kind: 'energy',
    title: 'Energy by place',
    columns: [
      ['Month (UTC)', 65, member('month')],
      ['Charger', 110, member('charger')],
      ['Backplate / circuit / site', 230, place],
      ['Energy', 80, kilowattHours],
    ],
  },
  {
    kind: 'access',
    title: 'Review of access',
    columns: [
      ['Partner', 85, member('partner')],
      ['What', 80, member('act')],
      ['When', 80, (line) => instant(line['recordedAt'] ?? line['day'])],
      ['By', 60, actor('by')],
      ['Told', 182, allBut('partner', 'act', 'recordedAt', 'day', 'by', 'eventId', 'sequence')],
    ],
  },
  {
    kind: 'erasure',
    title: 'Erasures',
    columns: [
      ['Driver', 250, member('driver')],
      ['Recorded at', 100, time('recordedAt')],
      ['Fact', 60, member('sequence')],
    ],
  },
];

/** Draws rows one after the other, with the headings on each page. */
export class TableWriter {
  private readonly widths: readonly number[];

  constructor(
    private readonly pages: Pages,
    private readonly section: TableSection,
  ) {
    const shares = section.columns.map(([, share]) => share);
    const all = shares.reduce((sum, share) => sum + share, 0);
    const width = TEXT_WIDTH - GAP * (shares.length - 1);
    this.widths = shares.map((share) => (share / all) * width);
  }

  headings(): void {
    let x = PAGE.left;
    this.section.columns.forEach(([heading], nth) => {
      this.pages.text(heading, x, this.pages.y, { size: SIZE, bold: true, ink: INK.faint });
      x += (this.widths[nth] ?? 0) + GAP;
    });
    this.pages.y += 13;
  }

  row(line: Line): void {
    const cells = this.section.columns.map(
      ([, , cell], nth) => [cell(line), { size: SIZE, width: this.widths[nth] }] as const,
    );
    const height = Math.max(...cells.map(([text, style]) => this.pages.heightOf(text, style)), 9);
    if (this.pages.need(height + 5)) this.headings();
    let x = PAGE.left;
    cells.forEach(([text, style], nth) => {
      if (text !== '') this.pages.text(text, x, this.pages.y, style);
      x += (this.widths[nth] ?? 0) + GAP;
    });
    this.pages.y += height + 3;
    this.pages.paint((document) => {
      document
        .moveTo(PAGE.left, this.pages.y)
        .lineTo(PAGE.right, this.pages.y)
        .lineWidth(0.25)
        .stroke(INK.rule);
    });
    this.pages.y += 3;
  }
}
