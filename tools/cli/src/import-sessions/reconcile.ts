import type { Reject, SessionRow } from './session-row';
import { inOrderOfTime, rejectOf } from './session-row';

/** A session that the book has already. */
export type RecordedSession = {
  id: string;
  startedAtMs: number;
  /** Absent while it goes on. */
  endedAtMs?: number;
  energyWattHours?: number;
};

/** What becomes of one charger's rows. */
export type Reconciled = {
  /** To be recorded, in the order of their time; also those of which the book has only the start. */
  fresh: SessionRow[];
  alreadyThere: SessionRow[];
  rejects: Reject[];
};

/**
 * Puts one charger's rows in the order of their time and holds them against each other and against the book: what the
 * book has comes first, then the earlier session; a row that overlaps one of these is a reject.
 */
export function reconcile(rows: SessionRow[], recorded: RecordedSession[]): Reconciled {
  const result: Reconciled = { fresh: [], alreadyThere: [], rejects: [] };
  const seen = new Map<string, SessionRow>();
  let last: SessionRow | undefined;
  for (const row of inOrderOfTime(rows)) {
    const problem = twice(row, seen) ?? againstBook(row, recorded);
    if (problem === 'ALREADY_THERE') result.alreadyThere.push(row);
    else if (problem != null) result.rejects.push(problem);
    else if (last != null && row.startedAtMs < last.endedAtMs) {
      result.rejects.push(rejectOf(row, 'OVERLAP', `overlaps the session of line ${last.line}`));
    } else {
      result.fresh.push(row);
      last = row;
    }
    if (!seen.has(row.sessionId)) seen.set(row.sessionId, row);
  }
  return result;
}

function twice(row: SessionRow, seen: Map<string, SessionRow>): Reject | undefined {
  const first = seen.get(row.sessionId);
  if (first == null) return undefined;
  const same =
    first.startedAtMs === row.startedAtMs && first.endedAtMs === row.endedAtMs && first.site === row.site;
  if (!same) return rejectOf(row, 'SESSION_ID_TWICE', `has the session id of line ${first.line}`);
  const sameFigures =
    first.energyWattHours === row.energyWattHours && first.driverReference === row.driverReference;
  const figures = sameFigures ? '' : ', with other figures';
  return rejectOf(row, 'DUPLICATE', `the same session as line ${first.line}${figures}`);
}

function againstBook(row: SessionRow, recorded: RecordedSession[]): Reject | 'ALREADY_THERE' | undefined {
  const same = recorded.find((session) => session.id === row.sessionId || hasSameTimes(session, row));
  if (same != null) return sameSession(row, same);
  const other = recorded.find((session) => overlaps(row, session));
  if (other == null) return undefined;
  return rejectOf(row, 'OVERLAP', `overlaps the session ${other.id} that the book has already`);
}

function hasSameTimes(session: RecordedSession, row: SessionRow): boolean {
  return session.startedAtMs === row.startedAtMs && session.endedAtMs === row.endedAtMs;
}

function sameSession(row: SessionRow, same: RecordedSession): Reject | 'ALREADY_THERE' | undefined {
  if (same.startedAtMs !== row.startedAtMs) {
    return rejectOf(row, 'RECORDED_DIFFERENTLY', 'the book has a session of this id with another start');
  }
  const energyDiffers =
    same.energyWattHours != null &&
    row.energyWattHours != null &&
    Math.abs(same.energyWattHours - row.energyWattHours) > 1e-6 * Math.max(1, row.energyWattHours);
  if (energyDiffers) {
    const told = `${same.energyWattHours ?? ''} Wh, the file ${row.energyWattHours ?? ''} Wh`;
    return rejectOf(row, 'RECORDED_DIFFERENTLY', `the book has this session with ${told}`);
  }
  // An import that broke off between the two may have recorded the start alone: then both are told again.
  return same.endedAtMs == null ? undefined : 'ALREADY_THERE';
}

/**
 * A recorded session that starts at this row's very end clashes too: its start stands in the book before this end, and
 * of two facts at one instant the book takes the one first that it learned first.
 */
function overlaps(row: SessionRow, session: RecordedSession): boolean {
  if (session.endedAtMs == null)
    return row.startedAtMs <= session.startedAtMs && row.endedAtMs >= session.startedAtMs;
  return row.startedAtMs < session.endedAtMs && row.endedAtMs >= session.startedAtMs;
}
