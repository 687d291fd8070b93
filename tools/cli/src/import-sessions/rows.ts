import type { Columns } from './columns';
import { deriveId, fingerprint, isId, sessionIdentity } from './ids';
import type { DecimalMark } from './numbers';
import { readNumber } from './numbers';
import type { CsvRecord } from './records';
import type { Reject, RejectReason, SessionRow } from './session-row';
import { rejectOf } from './session-row';
import type { DateOrder, WallClock } from './wall-time';
import { dateOf, readWrittenTime, wallMsOf } from './wall-time';

/** What the clock changes did to the file's wall times; none of it is silent. */
export type ClockNotes = { missing: number; repeatedFirst: number; repeatedSecond: number };

/** All that it takes to read a record as a session. */
export type RowRules = {
  columns: Columns;
  decimalMark: DecimalMark;
  dateOrder: DateOrder;
  /** Absent when every time is to carry its own offset. */
  clock?: WallClock;
  /** The site of all rows, when the file has no column for it. */
  site?: string;
  /** Turn what cannot be an id into one, instead of rejecting the row. */
  deriveIds: boolean;
  nowMs: number;
  clockNotes: ClockNotes;
};

const earliestYear = 2000;
/** As far as the book lets clocks run ahead. */
const clockToleranceMs = 5 * 60_000;
/** More than this the book takes for a fault; a lorry takes less than a tenth of it. */
const highestSessionWattHours = 10_000_000;
/** How files write that there is no value. */
const absentMarks = new Set(['', '-', '–', '--', 'null', 'none', 'n/a', 'na', 'nan', '\\n']);

/** A fault found while reading a row; caught at its end, so that each check is one line. */
class RowFault extends Error {
  constructor(
    readonly reason: RejectReason,
    message: string,
  ) {
    super(message);
  }
}

/** Reads one record: a session whose every value can be true, or the reject that says why not. */
export function readRow(record: CsvRecord, rules: RowRules): SessionRow | Reject {
  try {
    return toSession(record, rules);
  } catch (error) {
    if (error instanceof RowFault) return rejectOf(record, error.reason, error.message);
    throw error;
  }
}

/** Tells the two outcomes of reading a row apart. */
export function isReject(read: SessionRow | Reject): read is Reject {
  return 'reason' in read;
}

function toSession(record: CsvRecord, rules: RowRules): SessionRow {
  if (record.fields == null) throw new RowFault('UNREADABLE_ROW', record.problem ?? 'cannot be read');
  const { columns } = rules;
  const cell = (column: number | undefined): string | undefined => {
    const text = column == null ? '' : (record.fields?.[column] ?? '');
    return absentMarks.has(text.toLowerCase()) ? undefined : text;
  };
  const charger = idOf('charger', cell(columns.charger), rules);
  const site = idOf('site', rules.site ?? cell(columns.site), rules);
  const backplate = columns.backplate == null ? undefined : idOf('backplate', cell(columns.backplate), rules);
  const circuit = columns.circuit == null ? undefined : idOf('circuit', cell(columns.circuit), rules);
  const span = spanOf(cell(columns.start), cell(columns.end), rules);
  const told = columns.session == null ? undefined : idOf('session', cell(columns.session), rules);
  const session = { charger: charger.id, site: site.id, ...span };
  const identity = sessionIdentity(session);
  return {
    line: record.line,
    text: record.text,
    ...session,
    identity,
    chargerName: charger.name,
    siteName: site.name,
    backplate: backplate?.id,
    circuit: circuit?.id,
    sessionId: told?.id ?? `imp-${identity}`,
    energyWattHours: energyOf(cell(columns.energyKwh), cell(columns.energyWh), rules.decimalMark),
    driverReference: driverOf(cell(columns.driver), rules),
  };
}

function idOf(what: string, text: string | undefined, rules: RowRules): { id: string; name?: string } {
  if (text == null) throw new RowFault('BAD_ID', `no ${what}`);
  if (isId(text)) return { id: text };
  if (rules.deriveIds) return { id: deriveId(text), name: text };
  const allowed = '1 to 64 of A-Z a-z 0-9 . _ : -';
  throw new RowFault(
    'BAD_ID',
    `"${text}" cannot be the id of a ${what} (${allowed}); --derive-ids makes one`,
  );
}

/** The driver is never quoted; a reference that is derived tells nothing of the name. */
function driverOf(text: string | undefined, rules: RowRules): string | undefined {
  if (text == null || isId(text)) return text;
  if (rules.deriveIds) return `driver-${fingerprint(['driver', text])}`;
  throw new RowFault('BAD_DRIVER', 'the driver reference cannot be an id; --derive-ids makes one');
}

function spanOf(start: string | undefined, end: string | undefined, rules: RowRules) {
  if (start == null) throw new RowFault('NO_START', 'no start');
  if (end == null) throw new RowFault('NO_END', 'no end');
  const started = instantOf('start', start, rules);
  const ended = instantOf('end', end, rules);
  // Of a time that exists twice the first is taken, unless only the second can be the end of this session.
  const onlySecond = ended.secondMs != null && ended.epochMs < started.epochMs;
  const endedAtMs = onlySecond ? (ended.secondMs ?? ended.epochMs) : ended.epochMs;
  if (endedAtMs < started.epochMs) throw new RowFault('END_BEFORE_START', 'the end is before the start');
  if (endedAtMs > rules.nowMs + clockToleranceMs)
    throw new RowFault('IN_THE_FUTURE', 'the end is in the future');
  for (const { change } of [started, ended]) if (change === 'MISSING') rules.clockNotes.missing++;
  if (started.change === 'REPEATED') rules.clockNotes.repeatedFirst++;
  if (onlySecond) rules.clockNotes.repeatedSecond++;
  else if (ended.change === 'REPEATED') rules.clockNotes.repeatedFirst++;
  return { startedAtMs: started.epochMs, endedAtMs };
}

function instantOf(what: string, text: string, rules: RowRules) {
  const time = readWrittenTime(text);
  if (time == null) throw new RowFault('UNREADABLE_TIME', `the ${what} "${text}" is no date and time`);
  const date = dateOf(time, rules.dateOrder);
  if (date == null) throw new RowFault('UNREADABLE_TIME', `the ${what} "${text}" is not ${rules.dateOrder}`);
  const wallMs = wallMsOf(time, date);
  if (wallMs == null)
    throw new RowFault('UNREADABLE_TIME', `the ${what} "${text}" names no day of the calendar`);
  if (date.year < earliestYear)
    throw new RowFault('IMPLAUSIBLE_YEAR', `the ${what} is in the year ${date.year}`);
  if (time.offsetMinutes != null) return { epochMs: wallMs - time.offsetMinutes * 60_000 };
  if (rules.clock == null)
    throw new RowFault('UNREADABLE_TIME', `the ${what} "${text}" has no offset from UTC`);
  return rules.clock.resolve(wallMs);
}

function energyOf(
  kwh: string | undefined,
  wh: string | undefined,
  decimalMark: DecimalMark,
): number | undefined {
  const text = kwh ?? wh;
  if (text == null) return undefined;
  const value = readNumber(text, decimalMark);
  if (value == null || !Number.isFinite(value))
    throw new RowFault('BAD_ENERGY', `the energy "${text}" is no number`);
  if (value < 0) throw new RowFault('BAD_ENERGY', `the energy "${text}" is negative`);
  // Kilo by decimal shift, not by binary multiplication: 8.2 kWh are 8200 Wh.
  const wattHours = kwh == null ? value : Number((value * 1000).toPrecision(15));
  if (wattHours > highestSessionWattHours)
    throw new RowFault('BAD_ENERGY', `the energy "${text}" is too much for a session`);
  return wattHours;
}
