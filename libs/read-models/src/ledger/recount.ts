import type { Instant } from '@chargebook/domain';
import type { BookEntry } from '@chargebook/event-store';
import { entryRows } from './entries';
import type { FactRow } from './ledger';
import { rowOf } from './ledger';
import type { LedgerEntry } from './tree.queries';
import { entryOfRow } from './tree.queries';

/** What the event store gives for a place in the book: the entry, and the row that the ledger must have for it. */
export interface Recounted extends LedgerEntry {
  readonly row: FactRow;
}

/** Counts the book again from its first event on, in memory: how many facts name a thing is known no other way. */
export class Recount {
  private sequence = 0;
  private recordedAt: Instant | undefined;
  private readonly counts = new Map<string, number>();

  /** The next entries of the store, in their order. */
  take(entries: readonly BookEntry[]): Recounted[] {
    const rows = entries.map((entry) => {
      this.sequence += 1;
      const row = rowOf(entry, this.sequence, this.recordedAt);
      this.recordedAt = row.recorded_at;
      return row;
    });
    const places = rows.map(({ sequence, recorded_at: recordedAt }) => ({ sequence, recordedAt }));
    return entryRows(entries, places, this.counts).flatMap((entry, nth) => {
      const row = rows[nth];
      return row == null ? [] : { ...entryOfRow(entry), row };
    });
  }
}
