import type { ToldEntry } from '@chargebook/transparency';
import { firstDifference, hangsTogether, leafOfTold } from '@chargebook/transparency';
import type { CountedEntry, ToldBook } from './told-book';
import type { WitnessCopy } from './witness-copy';

/** Where a book is not what a witness has seen, and from which entry on. */
export interface Difference {
  readonly where: 'event store' | 'ledger' | 'tree';
  /** The first entry that is another one; absent where no single entry is. */
  readonly sequence?: number;
  readonly what: string;
}

/**
 * Compares all that a server holds with a witness's leaves: the events in its event store, the entries of its ledger, whose
 * content and head are hashed again here, and the tree.
 *
 * @returns the first difference in each place
 */
export async function differencesOf(
  book: Pick<ToldBook, 'recount' | 'entries' | 'leaves' | 'root'>,
  copy: WitnessCopy,
): Promise<Difference[]> {
  const { size } = copy;
  const rows: Difference[] = [];
  const noting = noteRows(book.recount(size), rows);
  const [inStore, inLedger] = [
    await inEntries('event store', noting, copy),
    await inEntries('ledger', book.entries(size), copy),
  ];
  // Rows are compared with events: where those are others, it is no wonder.
  const ofRows = rows.filter(
    ({ sequence }) => inStore?.sequence == null || (sequence ?? 0) < inStore.sequence,
  );
  const found = [inStore, inLedger ?? ofRows[0], await inTree(book, copy)];
  return found.flatMap((difference) => difference ?? []);
}

async function inEntries(
  where: Difference['where'],
  entries: AsyncIterable<ToldEntry>,
  copy: WitnessCopy,
): Promise<Difference | undefined> {
  let last: ToldEntry | undefined;
  const leaves = leavesOf(entries, (entry) => (last = entry));
  const at = await firstDifference(copy, leaves, copy.size);
  if (at == null) return undefined;
  const sequence = at + 1;
  if (last == null || last.head.sequence < sequence)
    return { where, sequence, what: `ends after ${String(at)} of ${String(copy.size)} entries` };
  return { where, sequence, what: whatDiffers(last, sequence) };
}

async function* leavesOf(
  entries: AsyncIterable<ToldEntry>,
  onEntry: (entry: ToldEntry) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const entry of entries) {
    onEntry(entry);
    yield leafOfTold(entry);
  }
}

function whatDiffers(entry: ToldEntry, sequence: number): string {
  if (entry.head.sequence !== sequence)
    return `has entry ${String(entry.head.sequence)} where ${String(sequence)} belongs`;
  if (!hangsTogether(entry)) return `has another content in entry ${String(sequence)} than its head says`;
  const { stream, type } = JSON.parse(entry.content) as { stream?: string; type?: string };
  return `has another entry ${String(sequence)} than was witnessed: ${type ?? 'an event'} of ${stream ?? 'a stream'}`;
}

async function inTree(
  book: Pick<ToldBook, 'leaves' | 'root'>,
  copy: WitnessCopy,
): Promise<Difference | undefined> {
  const at = await firstDifference(copy, book.leaves(0, copy.size), copy.size);
  if (at != null)
    return { where: 'tree', sequence: at + 1, what: `has another leaf for entry ${String(at + 1)}` };
  const root = await book.root(copy.size);
  return root === Buffer.from(copy.root).toString('hex')
    ? undefined
    : { where: 'tree', what: 'has the leaves that were witnessed, and other hashes above them' };
}

/** Passes entries on, and notes the first row of the ledger that is not what the event store gives. */
async function* noteRows(
  entries: AsyncIterable<CountedEntry>,
  rows: Difference[],
): AsyncGenerator<ToldEntry, void, undefined> {
  for await (const entry of entries) {
    const { ledger: columns, head } = entry;
    if (columns != null && rows.length === 0) rows.push(ofRow(head.sequence, columns));
    yield entry;
  }
}

function ofRow(sequence: number, columns: readonly string[]): Difference {
  const what =
    columns.length === 0
      ? `has no fact ${String(sequence)}`
      : `has another ${columns.join(', ')} in fact ${String(sequence)} than the event store gives`;
  return { where: 'ledger', sequence, what };
}
