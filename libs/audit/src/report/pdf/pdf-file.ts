import { CSV_FILES } from '../csv-files';
import { nameOfScope } from '../report-arguments';
import type { FileKind } from '../report-files';
import type { LineKind } from '../report-line';
import type { MadeReport } from '../report-text';
import { linesIn } from '../report-text';
import { EnergyChart, LaneChart, StepChart } from './charts';
import { drawFact } from './facts';
import type { Plan } from './pages';
import { destinationOf, INK, PAGE, Pages, TEXT_WIDTH } from './pages';
import type { Line, TableSection } from './tables';
import { instant, TABLE_SECTIONS, TableWriter } from './tables';

/** Nobody reads more on paper; all of it is in the report. */
const MOST_ROWS = 10_000;
const ROWS_AT_ONCE = 50;
const DAY_MS = 86_400_000;

/** A report to be read by people: cover, contents, charts, and its sections. */
export const PDF_FILE: FileKind = {
  file: 'report.pdf',
  format: 'PDF',
  mediaType: 'application/pdf',
  isFor: () => true,
  content: drawn,
};

/** Laid out twice: contents and page numbers are known only after the first time. */
async function* drawn(report: MadeReport): AsyncGenerator<Uint8Array, void, undefined> {
  const trial = pagesOf(report);
  await draw(trial, report);
  const pages = pagesOf(report, trial.plan);
  const drawing = draw(pages, report).then(
    () => {
      pages.document.end();
    },
    (error: unknown) => {
      pages.document.destroy(error as Error);
    },
  );
  yield* pages.document as AsyncIterable<Uint8Array>;
  await drawing;
}

function pagesOf({ arguments: { scope, knownAt }, summary }: MadeReport, plan?: Plan): Pages {
  return new Pages({
    title: `Report on ${nameOfScope(scope)}`,
    foot: `SHA-256 ${summary.digest}`,
    madeAt: new Date(knownAt),
    plan,
  });
}

async function draw(pages: Pages, report: MadeReport): Promise<void> {
  drawCover(pages, report);
  drawContents(pages);
  await drawCharts(pages, report);
  await drawFacts(pages, report, 'fact', 'Facts');
  await drawFacts(pages, report, 'correction', 'Corrections from outside the span');
  for (const section of TABLE_SECTIONS) await drawTable(pages, report, section);
}

function drawCover(pages: Pages, { arguments: report, summary }: MadeReport): void {
  pages.add();
  pages.y = 190;
  pages.text('Chargebook', PAGE.left, pages.y, { size: 11, ink: INK.accent, bold: true });
  pages.y += 22;
  pages.y += pages.text(`Report on ${nameOfScope(report.scope)}`, PAGE.left, pages.y, {
    size: 24,
    bold: true,
    width: TEXT_WIDTH,
  });
  pages.y += 24;
  const omitted = summary.lines.omitted ?? 0;
  const told: [string, string][] = [
    ['From', instant(report.from)],
    ['To', `${instant(report.to)}, not included`],
    ['As known at', instant(report.knownAt)],
    ['Cut after fact', String(report.asOfSequence)],
    ['Book', report.origin],
    ['Format', String(summary.report['format'])],
    ['Facts told', String(summary.entryCount)],
    ['Facts omitted', omitted === 0 ? 'none' : `${String(omitted)}, of which the report shows the heads`],
    ['Complete', completeness(report.scope.kind, nameOfScope(report.scope), summary.chain)],
    [
      'Energy',
      summary.energyWattHours == null ? 'none told' : `${String(summary.energyWattHours / 1_000)} kWh`,
    ],
  ];
  for (const [name, value] of told) {
    pages.text(name, PAGE.left, pages.y, { size: 10, ink: INK.faint });
    const style = { size: 10, width: TEXT_WIDTH - 110 };
    pages.y += pages.text(value, PAGE.left + 110, pages.y, style) + 6;
  }
  pages.y += 18;
  pages.text('Digest of the facts (SHA-256)', PAGE.left, pages.y, { size: 10, ink: INK.faint });
  pages.text(summary.digest, PAGE.left, pages.y + 16, { size: 9.5, mono: true });
  pages.y += 48;
  const note =
    'The same arguments give the same report for ever. This document is made from report.jsonl and nothing else; that, and the proof ' +
    'that it stands in the book and that nothing is left out, are in the bundle of this report. Times are UTC.';
  pages.text(note, PAGE.left, pages.y, { size: 9, ink: INK.faint, width: TEXT_WIDTH });
}

function completeness(kind: string, name: string, chain: number): string {
  return kind === 'book'
    ? `facts 1 to ${String(chain)} of the book, all of them`
    : `facts 1 to ${String(chain)} of those that name ${name}, all of them`;
}

function drawContents(pages: Pages): void {
  pages.add();
  pages.heading('Contents');
  for (const { title, page } of pages.foreseen.chapters) {
    const goTo = destinationOf(title);
    pages.paint((document) => {
      document.goTo(PAGE.left, pages.y, TEXT_WIDTH, 14, goTo);
    });
    pages.text(title, PAGE.left, pages.y, { size: 10 });
    pages.text(String(page), PAGE.left, pages.y, { size: 10, width: TEXT_WIDTH, align: 'right' });
    pages.y += 18;
  }
}

async function drawCharts(pages: Pages, report: MadeReport): Promise<void> {
  const { scope } = report.arguments;
  const span = await shownSpan(report);
  const energy = new EnergyChart();
  const limit = new StepChart(span);
  const isByPlace = scope.kind === 'charger';
  const placements = new LaneChart(span, isByPlace ? 'backplate' : 'charger');
  for await (const line of linesIn(report, 'energy', 'limit', 'placement')) {
    const { kind, from, until } = line as Readonly<Record<string, string>>;
    if (kind === 'energy') energy.add(String(line['month']), Number(line['energyWattHours']));
    else if (kind === 'placement')
      placements.add(String(line[isByPlace ? 'backplate' : 'charger']), from ?? '', until);
    else if (line['source'] === 'EFFECTIVE')
      limit.add(from ?? '', until ?? '', line['amps'] as number | undefined);
  }
  const charts = [energy, limit, placements].filter((chart) => !chart.isEmpty);
  if (charts.length === 0) return;
  pages.chapter('Charts');
  for (const chart of charts) chart.draw(pages);
}

/** From the first to the last thing that is told, within the span: nobody wants to see an empty century. */
async function shownSpan(report: MadeReport): Promise<{ fromMs: number; toMs: number }> {
  const { from, to, knownAt } = report.arguments;
  const endMs = Math.min(Date.parse(to), Date.parse(knownAt));
  let firstMs = endMs - DAY_MS;
  for await (const line of linesIn(report, 'placement', 'limit')) {
    const beginsMs = Date.parse(String(line['from']));
    if (beginsMs < firstMs) firstMs = beginsMs;
  }
  return { fromMs: Math.max(Date.parse(from), firstMs), toMs: endMs };
}

async function drawFacts(
  pages: Pages,
  report: MadeReport,
  kind: 'fact' | 'correction',
  title: string,
): Promise<void> {
  const count = report.summary.lines[kind] ?? 0;
  if (count === 0) return;
  pages.chapter(title);
  drawUntold(pages, report, kind);
  await eachOf(pages, report, kind, (line) => {
    drawFact(pages, line);
  });
}

async function drawTable(pages: Pages, report: MadeReport, section: TableSection): Promise<void> {
  if ((report.summary.lines[section.kind] ?? 0) === 0) return;
  pages.chapter(section.title);
  drawUntold(pages, report, section.kind);
  const table = new TableWriter(pages, section);
  table.headings();
  await eachOf(pages, report, section.kind, (line) => {
    table.row(line);
  });
}

async function eachOf(
  pages: Pages,
  report: MadeReport,
  kind: LineKind,
  drawLine: (line: Line) => void,
): Promise<void> {
  let rows = 0;
  for await (const line of linesIn(report, kind)) {
    if (rows === MOST_ROWS) break;
    drawLine(line);
    rows += 1;
    if (rows % ROWS_AT_ONCE === 0) await pages.flush();
  }
  if ((report.summary.lines[kind] ?? 0) > rows) drawUntold(pages, report, kind);
}

/** Says what a section leaves out, and where it is. */
function drawUntold(pages: Pages, { summary }: MadeReport, kind: LineKind): void {
  const count = summary.lines[kind] ?? 0;
  if (count <= MOST_ROWS) return;
  const [first, all, others] = [MOST_ROWS, count, count - MOST_ROWS].map(grouped);
  const table = CSV_FILES.find((file) => file.lines === kind)?.file;
  const note = `The first ${first ?? ''} of ${all ?? ''} are shown; the other ${others ?? ''} are in report.jsonl${table == null ? '' : ` and ${table}`}.`;
  const style = { size: 9, ink: INK.alert, width: TEXT_WIDTH };
  pages.need(24);
  pages.y += pages.text(note, PAGE.left, pages.y, style) + 8;
}

/** `10,000` */
const grouped = (count: number) => String(count).replace(/\B(?=(\d{3})+$)/g, ',');
