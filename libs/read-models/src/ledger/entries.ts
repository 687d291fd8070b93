import type { Instant } from '@chargebook/domain';
import type { BookEntry, WrittenEvent } from '@chargebook/event-store';
import type { Hash, JsonValue, Tile } from '@chargebook/transparency';
import { canonicalJson, growTiles, leafHash, openTiles, sha256Hex } from '@chargebook/transparency';
import type { Transaction } from '../database/database';
import { thingsNamed } from './things-named';

/** What stands in the tree for a fact: where and when, what it names, and a hash of the rest. */
export interface EntryHead {
  /** SHA-256 of the content, hexadecimal. */
  readonly content: string;
  /** As it was told; null where the event cannot be read. */
  readonly occurredAt: string | null;
  readonly recordedAt: Instant;
  readonly sequence: number;
  /** `charger:X` and the like, each with the number that this fact has among those that name it. */
  readonly things: Readonly<Record<string, number>>;
}

/** A row of `ledger.entry`. */
export interface EntryRow {
  sequence: number;
  content: string;
  things: Readonly<Record<string, number>>;
  occurred_at: string | null;
  recorded_at: Instant;
}

/** Where an entry has its place. */
interface Numbered {
  readonly sequence: number;
  readonly recordedAt: Instant;
}

export function headOf(row: EntryRow): EntryHead {
  return {
    content: sha256Hex(row.content),
    occurredAt: row.occurred_at,
    recordedAt: row.recorded_at,
    sequence: row.sequence,
    things: row.things,
  };
}

/** The leaf of an entry. */
export function leafOf(head: EntryHead): Hash {
  return leafHash(canonicalJson({ ...head }));
}

/** Writes entries down as they were told, and adds them to the tree, in the tables that the search path means. */
export async function writeEntries(
  transaction: Transaction,
  entries: readonly BookEntry[],
  places: readonly Numbered[],
): Promise<void> {
  const first = places[0];
  if (first == null) return;
  const open = await openTilesOf(transaction, first.sequence - 1);
  // The tables that serve were made by an earlier version: those that are being filled beside them will have it all.
  if (open == null) return;
  const names = new Set(entries.flatMap(({ written }) => thingsNamed(written)));
  const counts = await countsOf(transaction, [...names]);
  const rows = entryRows(entries, places, counts);
  const tiles = growTiles(
    first.sequence - 1,
    open,
    rows.map((row) => leafOf(headOf(row))),
  );
  await transaction.query('INSERT INTO entry SELECT * FROM json_populate_recordset(null::entry, $1::json)', [
    JSON.stringify(rows),
  ]);
  await keepCounts(transaction, counts);
  await keepTiles(transaction, tiles);
}

/**
 * The entries of events that have their places.
 *
 * @param counts how many facts before name each thing; goes on with what these name
 */
export function entryRows(
  entries: readonly Pick<BookEntry, 'written'>[],
  places: readonly Numbered[],
  counts: Map<string, number>,
): EntryRow[] {
  return places.flatMap(({ sequence, recordedAt }, nth) => {
    const entry = entries[nth];
    if (entry == null) return [];
    const { written } = entry;
    const things: Record<string, number> = {};
    for (const name of thingsNamed(written)) {
      things[name] = (counts.get(name) ?? 0) + 1;
      counts.set(name, things[name]);
    }
    return {
      sequence,
      content: contentOf(written),
      things,
      occurred_at: toldInstant(written, 'occurredAt') ?? null,
      recorded_at: toTheMillisecond(recordedAt),
    };
  });
}

/**
 * When an event says that it happened or was recorded. A later version may read what this one cannot: it must come to the same
 * leaf.
 */
export function toldInstant(
  { metadata }: WrittenEvent,
  name: 'occurredAt' | 'recordedAt',
): Instant | undefined {
  const told = (metadata as Readonly<Record<string, unknown>> | null)?.[name];
  if (typeof told !== 'string') return undefined;
  const epochMs = Date.parse(told);
  return !Number.isNaN(epochMs) && new Date(epochMs).toISOString() === told ? told : undefined;
}

function contentOf(written: WrittenEvent): string {
  return canonicalJson({ ...written } as JsonValue);
}

/** The ledger is read back so: what was told more precisely must not make another hash then. */
function toTheMillisecond(instant: Instant): Instant {
  return new Date(instant).toISOString();
}

/** The tiles to which leaves are added; undefined where the tree does not reach so far. */
async function openTilesOf(transaction: Transaction, size: number): Promise<Tile[] | undefined> {
  if (size === 0) return [];
  const reached = await transaction.query('SELECT 1 FROM entry WHERE sequence = $1', [size]);
  if (reached.length === 0) return undefined;
  const places = openTiles(size);
  return transaction.query<{ tier: number; index: number; hashes: Buffer }>(
    `SELECT tile.* FROM tile JOIN unnest($1::integer[], $2::bigint[]) AS open (tier, index) USING (tier, index)`,
    [places.map(({ tier }) => tier), places.map(({ index }) => index)],
  );
}

async function countsOf(transaction: Transaction, names: readonly string[]): Promise<Map<string, number>> {
  const rows = await transaction.query<{ name: string; facts: number }>(
    'SELECT name, facts FROM thing WHERE name = ANY($1)',
    [names],
  );
  return new Map(rows.map(({ name, facts }) => [name, facts]));
}

async function keepCounts(transaction: Transaction, counts: ReadonlyMap<string, number>): Promise<void> {
  if (counts.size === 0) return;
  await transaction.query(
    `INSERT INTO thing SELECT * FROM unnest($1::text[], $2::bigint[])
     ON CONFLICT (name) DO UPDATE SET facts = excluded.facts`,
    [[...counts.keys()], [...counts.values()]],
  );
}

async function keepTiles(transaction: Transaction, tiles: readonly Tile[]): Promise<void> {
  await transaction.query(
    `INSERT INTO tile SELECT * FROM unnest($1::integer[], $2::bigint[], $3::bytea[])
     ON CONFLICT (tier, index) DO UPDATE SET hashes = excluded.hashes`,
    [tiles.map(({ tier }) => tier), tiles.map(({ index }) => index), tiles.map(({ hashes }) => hashes)],
  );
}
