import type { UnrecordedFact } from '@chargebook/application';
import type { Fact } from '@chargebook/domain';
import type { Position } from '../request/position';
import type { HistoryFact } from '@chargebook/read-models';

/** What an entry of history is made of: a fact of the ledger, or one that a receipt tells of. */
export type EntrySource = { readonly fact: HistoryFact; readonly isOfLedger: true } | ReceiptEntry;

interface ReceiptEntry {
  readonly fact: Fact | UnrecordedFact;
  /** Where the receipt's facts end; absent on a dry run. */
  readonly position?: Position;
  readonly isOfLedger?: undefined;
}

export function ledgerEntry(fact: HistoryFact): EntrySource {
  return { fact, isOfLedger: true };
}
