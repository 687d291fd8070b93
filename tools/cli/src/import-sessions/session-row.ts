/** A session as a row of the file tells it, every value checked and every instant in epoch milliseconds. */
export type SessionRow = {
  /** Line of the file on which the row begins; the header is usually line 1. */
  line: number;
  /** The row as it stands in the file, for the rejects file. */
  text: string;
  charger: string;
  /** What the file calls the charger, where its id had to be derived from that. */
  chargerName?: string;
  site: string;
  siteName?: string;
  backplate?: string;
  circuit?: string;
  /** Stable letters for charger, site, start and end, wherever the row stands. */
  identity: string;
  sessionId: string;
  startedAtMs: number;
  endedAtMs: number;
  /** Absent when the file does not tell it; never 0 for unknown. */
  energyWattHours?: number;
  /** Personal data: goes to the book and nowhere else. */
  driverReference?: string;
};

/** Why a row is not recorded: a reason of ours, or the code of the book's refusal. */
export type RejectReason =
  | 'UNREADABLE_ROW'
  | 'BAD_ID'
  | 'NO_START'
  | 'NO_END'
  | 'UNREADABLE_TIME'
  | 'IMPLAUSIBLE_YEAR'
  | 'IN_THE_FUTURE'
  | 'END_BEFORE_START'
  | 'BAD_ENERGY'
  | 'BAD_DRIVER'
  | 'DUPLICATE'
  | 'OVERLAP'
  | 'SESSION_ID_TWICE'
  | 'RECORDED_DIFFERENTLY'
  | 'PLACE_CONFLICT'
  | 'BACKPLATE_OCCUPIED';

export type Reject = { line: number; reason: string; message: string; text: string };

/** Makes the reject of a row. The message never quotes the driver. */
export function rejectOf(row: { line: number; text: string }, reason: RejectReason, message: string): Reject {
  return { line: row.line, reason, message, text: row.text };
}

/** Earlier sessions first, the shorter of two that start together, and last by the file's own order. */
export function inOrderOfTime(rows: SessionRow[]): SessionRow[] {
  return rows.toSorted((a, b) => {
    if (a.startedAtMs !== b.startedAtMs) return a.startedAtMs - b.startedAtMs;
    return a.endedAtMs !== b.endedAtMs ? a.endedAtMs - b.endedAtMs : a.line - b.line;
  });
}
