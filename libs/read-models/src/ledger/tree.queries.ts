import type { Hash, ReadHash, TilePlace } from '@chargebook/transparency';
import { openTiles, readFromTiles } from '@chargebook/transparency';
import type { Queryable } from '../database/database';
import type { EntryHead, EntryRow } from './entries';
import { headOf } from './entries';

/** A fact as auditors check it. */
export interface LedgerEntry {
  readonly sequence: number;
  readonly head: EntryHead;
  /** Canonical JSON of the event as the store holds it: what `head.content` is the hash of. */
  readonly content: string;
}

/** The tree of hashes over the book, and what its leaves stand for. Made for one question: tiles are read once. */
export class TreeQueries {
  private readonly tiles = new Map<string, Promise<Uint8Array>>();

  constructor(private readonly database: Queryable) {}

  /** How many facts are in the tree. */
  async size(): Promise<number> {
    const rows = await this.database.query<{ size: number | null }>(
      'SELECT max(sequence) AS size FROM ledger.entry',
    );
    return rows[0]?.size ?? 0;
  }

  /** The hash of a complete subtree. The fact with sequence n is the leaf at index n - 1. */
  readonly readHash: ReadHash = readFromTiles(({ tier, index }) => {
    const name = nameOf({ tier, index });
    const known = this.tiles.get(name);
    if (known != null) return known;
    const read = this.tile(tier, index);
    this.tiles.set(name, read);
    return read;
  });

  /** Reads all tiles at once that a proof of some leaves needs, in the tree of a size. */
  async readAhead(size: number, ...leaves: readonly number[]): Promise<void> {
    const places = [size, ...leaves].flatMap(openTiles);
    const rows = await this.database.query<TilePlace & { hashes: Buffer }>(
      `SELECT tile.* FROM ledger.tile
       JOIN (SELECT DISTINCT * FROM unnest($1::integer[], $2::bigint[]) AS place (tier, index)) AS wanted
         USING (tier, index)`,
      [places.map(({ tier }) => tier), places.map(({ index }) => index)],
    );
    for (const row of rows) this.tiles.set(nameOf(row), Promise.resolve(row.hashes));
  }

  /** An entry, and how many facts are in the tree. */
  async entryAt(sequence: number): Promise<{ entry: LedgerEntry; size: number } | undefined> {
    const rows = await this.database.query<EntryRow & { size: number }>(
      'SELECT entry.*, (SELECT max(sequence) FROM ledger.entry) AS size FROM ledger.entry WHERE sequence = $1',
      [sequence],
    );
    return rows[0] && { entry: entryOfRow(rows[0]), size: rows[0].size };
  }

  /** Entries after a sequence, in order. */
  async entriesAfter(sequence: number, most: number): Promise<LedgerEntry[]> {
    const rows = await this.database.query<EntryRow>(
      'SELECT * FROM ledger.entry WHERE sequence > $1 ORDER BY sequence LIMIT $2',
      [sequence, most],
    );
    return rows.map(entryOfRow);
  }

  /** The hashes of a tile, one after the other: none where it does not exist (yet). */
  async tile(tier: number, index: number): Promise<Hash> {
    const rows = await this.database.query<{ hashes: Buffer }>(
      'SELECT hashes FROM ledger.tile WHERE tier = $1 AND index = $2',
      [tier, index],
    );
    return rows[0]?.hashes ?? new Uint8Array();
  }
}

export function entryOfRow(row: EntryRow): LedgerEntry {
  return { sequence: row.sequence, head: headOf(row), content: row.content };
}

function nameOf({ tier, index }: TilePlace): string {
  return `${String(tier)}/${String(index)}`;
}
