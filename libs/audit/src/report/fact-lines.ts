import type { Instant } from '@chargebook/domain';
import type { Database, EntryHead, EntryRow } from '@chargebook/read-models';
import { entryOfRow } from '@chargebook/read-models';
import type { JsonValue } from '@chargebook/transparency';
import { canonicalJson } from '@chargebook/transparency';
import type { TellingFact } from './beliefs';
import { Beliefs } from './beliefs';
import type { ChosenFact } from './chosen-facts.queries';
import { ChosenFacts } from './chosen-facts.queries';
import type { ReportArguments } from './report-arguments';
import { nameOfScope } from './report-arguments';
import type { ReportLine } from './report-line';
import { inGroups } from './report-line';
import type { EventData } from './setting-values';
import { settingsChangedBy, settingsToldBy } from './setting-values';
import type { Asked, ToldBefore } from './values-before.queries';
import { ValuesBefore } from './values-before.queries';

const READ_AT_ONCE = 500;
/** Whatever is told later than this after it happened is marked. */
const BACK_DATED_AFTER_SECONDS = 300;

interface FactRow extends EntryRow {
  type: string;
  charger: string | null;
  backplate: string | null;
  circuit: string | null;
  site: string | null;
  happened_at: Instant;
  device_sequence: number | null;
  problem: string | null;
  corrects: string | null;
  correction: number | null;
  correction_id: string | null;
  wrong: Wrong | null;
  /** Of facts that tell settings what they tell. */
  data?: EventData;
}

/** The fact that a correction is about. */
interface Wrong extends NonNullable<TellingFact['wrong']> {
  readonly sequence: number;
  readonly content: string;
  readonly occurredAt: string | null;
}

const ENTRIES = `SELECT entry.*, fact.type, fact.charger, fact.backplate, fact.circuit, fact.site,
    fact.occurred_at AS happened_at, fact.device_sequence, fact.problem, fact.corrects, correction.sequence AS correction, correction.event_id AS correction_id,
    CASE WHEN fact.corrects IS NOT NULL THEN (
      SELECT jsonb_build_object('sequence', wrong.sequence, 'content', wrong.content, 'occurredAt', wrong.occurred_at,
        'charger', corrected.charger, 'backplate', corrected.backplate, 'circuit', corrected.circuit, 'site', corrected.site)
      FROM ledger.fact AS corrected JOIN ledger.entry AS wrong USING (sequence)
      WHERE corrected.event_id = fact.corrects AND corrected.sequence < fact.sequence) END AS wrong
  FROM ledger.entry JOIN ledger.fact USING (sequence)
  LEFT JOIN ledger.fact AS correction ON correction.sequence = fact.corrected_by AND fact.corrected_by <= $2
  WHERE entry.sequence = ANY($1) ORDER BY entry.sequence`;

/** The facts of a report, each as it was written and with what marks it. */
export class FactLines {
  private readonly chosen: ChosenFacts;
  private readonly values: ValuesBefore;
  private last = 0;

  constructor(private readonly database: Database) {
    this.chosen = new ChosenFacts(database);
    this.values = new ValuesBefore(database);
  }

  /** How many facts so far name the scope; of the whole book, how many there are. */
  get numbered(): number {
    return this.last;
  }

  /** In the order of the book, some at a time; after each the sequence up to which these are all. */
  async *of(report: ReportArguments): AsyncGenerator<{ lines: ReportLine[]; upTo: number }, void, undefined> {
    const beliefs = new Beliefs(this.values, report);
    let ahead: Promise<ReadFacts> | undefined;
    for await (const some of this.chosenOf(report)) {
      // While lines are written, the database is at the next ones.
      const read = ahead;
      ahead = this.read(some, report, async (rows, asked) => {
        await read;
        return beliefs.before(rows, asked);
      });
      ahead.catch(() => undefined);
      if (read != null) yield this.partOf(await read, report);
    }
    if (ahead != null) yield this.partOf(await ahead, report);
  }

  private async *chosenOf(report: ReportArguments): AsyncGenerator<readonly ChosenFact[], void, undefined> {
    for (let reached = 0; ;) {
      const chosen = await this.chosen.after(reached, report);
      const last = chosen.at(-1);
      if (last == null) return;
      reached = last.sequence;
      yield* inGroups(chosen, READ_AT_ONCE);
    }
  }

  /** Corrections that happened outside the span and concern it, as lines of their own: what they are about is told beside them. */
  async *corrections(report: ReportArguments): AsyncGenerator<ReportLine[], void, undefined> {
    const sequences = await this.chosen.correcting(report);
    for (const some of inGroups(sequences, READ_AT_ONCE)) {
      const chosen = some.map((sequence) => ({ sequence, isTold: true, isWithheld: false }));
      const values = (_: unknown, asked: readonly Asked[]) => this.values.of(asked, report);
      yield linesOf(await this.read(chosen, report, values), 'correction');
    }
  }

  private async read(
    chosen: readonly ChosenFact[],
    report: ReportArguments,
    before: (rows: readonly FactRow[], asked: readonly Asked[]) => Promise<(ToldBefore | undefined)[]>,
  ): Promise<ReadFacts> {
    const how = new Map(chosen.map((one) => [one.sequence, one]));
    const rows = await this.database.query<FactRow>(ENTRIES, [[...how.keys()], report.asOfSequence]);
    for (const row of rows)
      if (settingsToldBy(row.type).length > 0)
        row.data = (JSON.parse(row.content) as { data: EventData }).data;
    const told = rows.filter(({ sequence }) => how.get(sequence)?.isTold === true);
    const asked = told.flatMap(questionsOf);
    const answers = await before(rows, asked);
    return { rows, how, before: new Map(asked.map((one, index) => [keyOf(one), answers[index]])) };
  }

  private partOf(read: ReadFacts, report: ReportArguments): { lines: ReportLine[]; upTo: number } {
    this.count(read.rows, report);
    return { lines: linesOf(read, 'fact'), upTo: read.rows.at(-1)?.sequence ?? 0 };
  }

  private count(rows: readonly FactRow[], { scope }: ReportArguments): void {
    const name = nameOfScope(scope);
    for (const { sequence, things } of rows)
      this.last = scope.kind === 'book' ? sequence : (things[name] ?? this.last);
  }
}

/** Facts, how they are to be shown, and what was believed before them. */
interface ReadFacts {
  readonly rows: readonly FactRow[];
  readonly how: ReadonlyMap<number, ChosenFact>;
  readonly before: ReadonlyMap<string, ToldBefore | undefined>;
}

function linesOf({ rows, how, before }: ReadFacts, kind: 'fact' | 'correction'): ReportLine[] {
  return rows.map((row) => {
    const { isTold, isWithheld } = how.get(row.sequence) ?? { isTold: false, isWithheld: false };
    return isTold ? factLine(kind, row, before) : omittedLine(row, isWithheld);
  });
}

function questionsOf(row: FactRow): Asked[] {
  return settingsChangedBy(row.type).flatMap((setting) => {
    const id = row[setting.of];
    return id == null ? [] : [{ sequence: row.sequence, occurredAt: row.happened_at, setting, id }];
  });
}

function keyOf({ sequence, setting }: Pick<Asked, 'sequence' | 'setting'>): string {
  return `${String(sequence)} ${setting.name}`;
}

function omittedLine(row: FactRow, isWithheld: boolean): ReportLine {
  const head = { ...entryOfRow(row).head };
  const withheld = isWithheld ? true : undefined;
  return { kind: 'omitted', text: canonicalJson({ head, kind: 'omitted', withheld }) };
}

/** Put together by hand where the parts are canonical already: names stand in their order. */
function factLine(
  kind: 'fact' | 'correction',
  row: FactRow,
  before: ReadonlyMap<string, ToldBefore | undefined>,
): ReportLine {
  const { head, content } = entryOfRow(row);
  const changes = changesOf(row, content, before);
  const believed = changes == null ? '' : `"after":${changes.after},"before":${changes.before},`;
  const marks = marksOf(row);
  const told = `"content":${content},"head":${headText(head)}`;
  return { kind, text: `{${believed}${told},"kind":"${kind}","marks":${marks}}` };
}

function headText({ content, occurredAt, recordedAt, sequence, things }: EntryHead): string {
  return canonicalJson({ content, occurredAt, recordedAt, sequence, things });
}

function marksOf(row: FactRow): string {
  const { corrects, correction, correction_id: id, occurred_at: occurredAt, recorded_at: recordedAt } = row;
  const seconds = occurredAt == null ? 0 : (Date.parse(recordedAt) - Date.parse(occurredAt)) / 1_000;
  const isLate = seconds > BACK_DATED_AFTER_SECONDS;
  if (!isLate && corrects == null && correction == null) return '{}';
  return canonicalJson({
    backDatedSeconds: isLate ? seconds : undefined,
    corrects: corrects ?? undefined,
    correctedBy: correction == null || id == null ? undefined : { eventId: id, sequence: correction },
  });
}

/** What was believed before and after: of settings their values, of corrections what they are about. */
function changesOf(
  row: FactRow,
  content: string,
  told: ReadonlyMap<string, ToldBefore | undefined>,
): { before: string; after: string } | undefined {
  if (row.wrong != null) return correctionOf(row.wrong, content);
  const settings = settingsChangedBy(row.type);
  const { data } = row;
  if (settings.length === 0 || data == null) return undefined;
  const after: Record<string, JsonValue> = {};
  const before: Record<string, JsonValue> = {};
  for (const setting of settings) {
    after[setting.name] = (setting.told[row.type]?.(data) ?? null) as JsonValue;
    const known = told.get(keyOf({ sequence: row.sequence, setting }));
    if (known != null) before[setting.name] = (setting.told[known.type]?.(known.data) ?? null) as JsonValue;
  }
  return { before: canonicalJson(before), after: canonicalJson(after) };
}

function correctionOf(wrong: NonNullable<FactRow['wrong']>, content: string) {
  const { type, data } = JSON.parse(wrong.content) as { type: string; data: JsonValue };
  const said = (JSON.parse(content) as { data: { occurredAt?: string; replacement?: JsonValue } }).data;
  return {
    before: canonicalJson({ data, occurredAt: wrong.occurredAt, sequence: wrong.sequence, type }),
    after:
      said.replacement == null
        ? 'null'
        : canonicalJson({ data: said.replacement, occurredAt: said.occurredAt, type }),
  };
}
