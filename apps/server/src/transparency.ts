import type { EventStore } from '@chargebook/event-store';
import type { Database, LedgerEntry } from '@chargebook/read-models';
import { factDifferences, Recount, TreeQueries, wrongCorrection } from '@chargebook/read-models';
import { TILE_WIDTH } from '@chargebook/transparency';

const ENTRIES_AT_ONCE = 500;
const HASH_BYTES = 32;

/** Leaves of the tree from an index to before another, one after the other; fewer where the tree ends. */
export async function* leavesBetween(
  database: Database,
  from: number,
  to: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const tree = new TreeQueries(database);
  for (let at = from; at < to;) {
    const index = Math.floor(at / TILE_WIDTH);
    const start = index * TILE_WIDTH;
    const tile = await tree.tile(0, index);
    const leaves = tile.subarray((at - start) * HASH_BYTES, (to - start) * HASH_BYTES);
    if (leaves.length === 0) return;
    yield leaves;
    if (tile.length < TILE_WIDTH * HASH_BYTES) return;
    at = start + TILE_WIDTH;
  }
}

/** Entries of the ledger after a sequence up to another, as lines of JSON. */
export async function* entriesBetween(
  database: Database,
  after: number,
  to: number,
): AsyncGenerator<string, void, undefined> {
  const tree = new TreeQueries(database);
  for (let at = after; at < to;) {
    const entries = await tree.entriesAfter(at, Math.min(ENTRIES_AT_ONCE, to - at));
    const last = entries.at(-1);
    if (last == null) return;
    yield entries
      .filter(({ sequence }) => sequence <= to)
      .map((entry) => lineOf(entry))
      .join('');
    at = last.sequence;
  }
}

/**
 * The book counted again from the event store, as lines of JSON: for each place up to a sequence the entry that the store gives,
 * and where the ledger's row is another one, the names of its columns (`ledger`).
 */
export async function* recountedTo(
  store: EventStore,
  database: Database,
  to: number,
): AsyncGenerator<string, void, undefined> {
  const head = await store.head();
  if (head == null) return;
  const recount = new Recount();
  const wrong = await wrongCorrection(database, to);
  const enough = new AbortController();
  let missing = to;
  try {
    for await (const { entries, position } of store.follow({ signal: enough.signal })) {
      const recounted = recount.take(entries.slice(0, missing));
      missing -= recounted.length;
      const differences = await factDifferences(
        database,
        recounted.map(({ row }) => row),
      );
      const columns = new Map(differences.map((difference) => [difference.sequence, difference.columns]));
      if (wrong != null && recounted.some(({ sequence }) => sequence === wrong))
        columns.set(wrong, [...(columns.get(wrong) ?? []), 'corrected_by']);
      const lines = recounted.map((entry) => lineOf(entry, columns.get(entry.sequence)));
      if (lines.length > 0) yield lines.join('');
      if (missing <= 0 || position >= head) return;
    }
  } finally {
    enough.abort();
  }
}

function lineOf({ head, content }: LedgerEntry, ledger?: readonly string[]): string {
  return `${JSON.stringify({ head, content, ...(ledger == null ? {} : { ledger }) })}\n`;
}
