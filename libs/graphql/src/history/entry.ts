import type { UnrecordedFact } from '@chargebook/application';
import type { Fact } from '@chargebook/domain';
import type { Position } from '../request/position';
import type { HistoryFact } from '@chargebook/read-models';

/** What an entry of history is made of: a fact of the ledger, or one that a receipt tells of. */
export type EntrySource = LedgerEntry | ReceiptEntry;

interface LedgerEntry {
  readonly fact: HistoryFact;
  readonly isOfLedger: true;
  /** Sequence as of which its place is told; absent: that of the request. */
  readonly cut?: number;
}

interface ReceiptEntry {
  readonly fact: Fact | UnrecordedFact;
  /** Where the receipt's facts end; absent on a dry run. */
  readonly position?: Position;
  readonly isOfLedger?: undefined;
  readonly cut?: undefined;
}

export function ledgerEntry(fact: HistoryFact, cut?: number): EntrySource {
  return { fact, isOfLedger: true, cut };
}
