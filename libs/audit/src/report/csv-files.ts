import { pipeline, Readable } from 'node:stream';
import type { DomainEvent } from '@chargebook/domain';
import { summaryOf } from '@chargebook/domain';
import type { JsonValue } from '@chargebook/transparency';
import { canonicalJson } from '@chargebook/transparency';
import { stringify } from 'csv-stringify';
import type { FileKind } from './report-files';
import type { LineKind } from './report-line';
import type { MadeReport } from './report-text';
import { linesIn } from './report-text';

type Line = Readonly<Record<string, JsonValue>>;

/** A section of a report as a table. */
interface Table {
  readonly file: string;
  readonly kind: LineKind;
  readonly columns: readonly string[];
  /** The cells of a line by column, where they are not the line's own members. */
  readonly cells?: (line: Line) => Readonly<Record<string, unknown>>;
}

const words = (text: string) => text.split(' ');

const OF_FACTS = words(
  'sequence occurredAt recordedAt backDatedSeconds type summary charger backplate circuit site operator partner ' +
    'actorKind actorId channel reason before after corrects correctedBySequence eventId stream revision data contentSha256',
);

const TABLES: readonly Table[] = [
  { file: 'facts.csv', kind: 'fact', columns: OF_FACTS, cells: factCells },
  { file: 'corrections.csv', kind: 'correction', columns: OF_FACTS, cells: factCells },
  {
    file: 'omitted.csv',
    kind: 'omitted',
    columns: words('sequence occurredAt recordedAt things contentSha256 withheld'),
    cells: ({ head, withheld }) => ({ ...headCells(head), things: (head as Line)['things'], withheld }),
  },
  {
    file: 'assets.csv',
    kind: 'asset',
    columns: words(
      'asset id name label address model productLine protocol phaseMode singlePhase enabled operator site circuit backplate ' +
        'parent primaryBackplate timeZone gridType ratedCurrentAmps fuseRatingAmps maxCurrentAmps offlineFallbackAmps ' +
        'registeredAt addedAt installedAt since removedAt retiredAt',
    ),
  },
  {
    file: 'placements.csv',
    kind: 'placement',
    columns: words('charger backplate circuit site from until destination recordedAt mountedBy dismountedBy'),
  },
  {
    file: 'control.csv',
    kind: 'control',
    columns: words('thing operator since until sequence eventId'),
  },
  {
    file: 'limits.csv',
    kind: 'limit',
    columns: words(
      'thing source from until amps offeredAmps phases behaviour binding setBy sequence eventId',
    ),
  },
  {
    file: 'sessions.csv',
    kind: 'session',
    columns: words(
      'id charger backplate circuit site startedAt endedAt endCause cutByMove energyWattHours driver',
    ),
  },
  {
    file: 'energy.csv',
    kind: 'energy',
    columns: words('month timeZone charger backplate circuit site energyWattHours'),
  },
  {
    file: 'access.csv',
    kind: 'access',
    columns: words('act partner recordedAt by told day asset reads commands refusals sequence eventId'),
  },
  { file: 'erasures.csv', kind: 'erasure', columns: words('driver recordedAt sequence eventId') },
];

/** Each section of a report as comma-separated values (RFC 4180): UTF-8, with a heading. */
export const CSV_FILES: readonly (FileKind & { readonly lines: LineKind })[] = TABLES.map((table) => ({
  lines: table.kind,
  file: table.file,
  format: 'CSV',
  mediaType: 'text/csv; charset=utf-8; header=present',
  isFor: ({ summary }) => (summary.lines[table.kind] ?? 0) > 0,
  content: (report) => textOf(table, report),
}));

function textOf({ kind, columns, cells = (line) => line }: Table, report: MadeReport): Readable {
  const rows = async function* () {
    for await (const line of linesIn(report, kind)) {
      const told = cells(line);
      yield columns.map((column) => cellOf(told[column]));
    }
  };
  const table = stringify({
    header: true,
    columns: [...columns],
    record_delimiter: 'windows',
    // What a spreadsheet would take for a formula is text.
    escape_formulas: true,
  });
  // Whoever reads the table is told what goes wrong before it.
  return pipeline(Readable.from(rows()), table, () => undefined);
}

function cellOf(value: unknown): string | number {
  if (value == null) return '';
  if (typeof value === 'number') return value;
  return typeof value === 'object' ? canonicalJson(value as JsonValue) : String(value as string | boolean);
}

type Cells = Record<string, unknown>;

function headCells(head: unknown): Cells {
  const { sequence, occurredAt, recordedAt, content: contentSha256 } = head as Line;
  return { sequence, occurredAt, recordedAt, contentSha256 };
}

function factCells({ head, content, marks, before, after }: Line): Cells {
  const { metadata, id: eventId, type, stream, revision, data } = content as Line & { metadata: Line | null };
  const actor = metadata?.['actor'] as { kind?: string; id?: string } | undefined;
  const { correctedBy, backDatedSeconds, corrects } = marks as Line;
  // Spelled out: an object that is put together of others is several times as slow.
  const cells: Cells = headCells(head);
  for (const thing of Object.keys((head as { things: object }).things)) {
    const at = thing.indexOf(':');
    cells[thing.slice(0, at)] = thing.slice(at + 1);
  }
  cells['type'] = type;
  cells['stream'] = stream;
  cells['revision'] = revision;
  cells['data'] = data;
  cells['eventId'] = eventId;
  cells['summary'] = summaryIn(content as Line);
  cells['actorKind'] = actor?.kind;
  cells['actorId'] = actor?.id;
  cells['channel'] = metadata?.['channel'];
  cells['reason'] = metadata?.['reason'];
  cells['backDatedSeconds'] = backDatedSeconds;
  cells['corrects'] = corrects;
  cells['correctedBySequence'] = (correctedBy as Line | undefined)?.['sequence'];
  cells['before'] = before;
  cells['after'] = after;
  return cells;
}

/** One line for people; of events of an old shape only what they are called. */
export function summaryIn(content: Line): string {
  try {
    return summaryOf(content as unknown as DomainEvent);
  } catch {
    return String(content['type']);
  }
}
