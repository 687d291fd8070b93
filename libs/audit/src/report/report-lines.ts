import type { Database } from '@chargebook/read-models';
import { AccessScope } from '@chargebook/read-models';
import { AccessLines } from './access-lines';
import { CustodyLines } from './custody-lines';
import { ExtentQueries } from './extent.queries';
import { FactLines } from './fact-lines';
import { LimitLines } from './limit-lines';
import { RegisterLines } from './register-lines';
import type { ReportArguments } from './report-arguments';
import { formatOf, nameOfScope, toldScope } from './report-arguments';
import type { LineKind, ReportLine } from './report-line';
import { LINE_KINDS, lineOf } from './report-line';
import { UseLines } from './use-lines';

/** Some lines of a report in their order, and how far in the book these reach. */
export interface ReportPart {
  readonly lines: readonly ReportLine[];
  readonly upTo: number;
}

/**
 * All lines of a report, some at a time. They depend on its arguments and on what the book knew at its cut, and on nothing else: not on
 * the time at which they are made, nor on who asks.
 */
export async function* linesOfReport(
  report: ReportArguments,
  database: Database,
): AsyncGenerator<ReportPart, void, undefined> {
  const counts = new Map<LineKind, number>();
  const counted = (lines: readonly ReportLine[], upTo = report.asOfSequence): ReportPart => {
    for (const { kind } of lines) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    return { lines, upTo };
  };
  yield counted([headLine(report)], 0);
  const facts = new FactLines(database);
  for await (const { lines, upTo } of facts.of(report)) yield counted(lines, upTo);
  for await (const lines of facts.corrections(report)) yield counted(lines);
  for await (const lines of sections(report, database)) yield counted(lines);
  yield counted([completenessLine(report, facts.numbered)]);
  const told = LINE_KINDS.flatMap((kind) => (counts.has(kind) ? [[kind, counts.get(kind)] as const] : []));
  const entries = (counts.get('fact') ?? 0) + (counts.get('omitted') ?? 0);
  yield counted([lineOf('end', { facts: entries, lines: Object.fromEntries(told) })]);
}

function headLine({ origin, scope, from, to, knownAt, asOfSequence }: ReportArguments): ReportLine {
  const told = { book: origin, scope: toldScope(scope), from, to, knownAt, asOfSequence };
  return lineOf('report', { format: formatOf(scope), ...told });
}

async function* sections(
  report: ReportArguments,
  database: Database,
): AsyncGenerator<ReportLine[], void, undefined> {
  const wholeBook = AccessScope.wholeBook(database);
  const extent = await new ExtentQueries(database).of(report);
  yield* new RegisterLines(database, wholeBook).of(report, extent);
  const custody = new CustodyLines(database);
  yield* custody.placements(report, extent);
  yield* custody.control(report, extent);
  yield* new LimitLines(database, wholeBook).of(report, extent);
  const use = new UseLines(database, report, extent);
  yield* use.sessions();
  yield* use.energy();
  yield* new AccessLines(database).of(report, extent);
  yield* use.erasures();
}

/** From where to where nothing is left out: of the whole book all places, of a thing the numbers of the facts that name it. */
function completenessLine({ scope, asOfSequence }: ReportArguments, numbered: number): ReportLine {
  const things = scope.kind === 'book' ? {} : { [nameOfScope(scope)]: { first: 1, last: numbered } };
  return lineOf('completeness', {
    fromSequence: 1,
    toSequence: asOfSequence,
    things: numbered === 0 ? {} : things,
  });
}
