import type { Hash } from './hashes';
import { HASH_BYTES, nodeHash } from './hashes';
import type { ReadHash } from './merkle-tree';

/**
 * A tree is kept in tiles: up to 256 hashes in a row, of subtrees of one level out of 0, 8, 16, … So a book of any length is
 * read by few rows, and a tile that is full never changes.
 */
export interface TilePlace {
  /** 0: of leaves; 1: of subtrees of 256 leaves; and so on. */
  readonly tier: number;
  readonly index: number;
}

export interface Tile extends TilePlace {
  /** Its hashes, one after the other. */
  readonly hashes: Uint8Array;
}

export const TILE_HEIGHT = 8;
export const TILE_WIDTH = 2 ** TILE_HEIGHT;

/** The tiles that are not full in a tree of that many leaves, from below: those to which the next leaves are added. */
export function openTiles(size: number): TilePlace[] {
  const open: TilePlace[] = [];
  for (let tier = 0, count = size; count > 0; tier += 1, count = Math.floor(count / TILE_WIDTH)) {
    if (count % TILE_WIDTH !== 0) open.push({ tier, index: Math.floor(count / TILE_WIDTH) });
  }
  return open;
}

/**
 * Adds leaves to a tree.
 *
 * @param size leaves so far
 * @param open its open tiles
 * @returns the tiles that are new or have grown
 */
export function growTiles(size: number, open: readonly Tile[], leaves: readonly Hash[]): Tile[] {
  const grown: Tile[] = [];
  let added: readonly Hash[] = leaves;
  for (let tier = 0, count = size; added.length > 0; tier += 1, count = Math.floor(count / TILE_WIDTH)) {
    const full: Hash[] = [];
    let tile = open.find((candidate) => candidate.tier === tier)?.hashes ?? new Uint8Array();
    if (tile.length !== (count % TILE_WIDTH) * HASH_BYTES)
      throw new Error(`the tree's tile ${String(tier)} does not reach to ${String(count)}`);
    let index = Math.floor(count / TILE_WIDTH);
    for (let from = 0; from < added.length; index += 1) {
      const some = added.slice(from, from + TILE_WIDTH - tile.length / HASH_BYTES);
      const hashes = Buffer.concat([tile, ...some]);
      grown.push({ tier, index, hashes });
      if (hashes.length === TILE_WIDTH * HASH_BYTES) full.push(hashInTile(hashes, TILE_HEIGHT, 0));
      from += some.length;
      tile = new Uint8Array();
    }
    added = full;
  }
  return grown;
}

/** Reads subtrees out of tiles. */
export function readFromTiles(tileAt: (place: TilePlace) => Promise<Uint8Array>): ReadHash {
  return async ({ level, index }) => {
    const tier = Math.floor(level / TILE_HEIGHT);
    const height = level % TILE_HEIGHT;
    const widthInTile = TILE_WIDTH / 2 ** height;
    const place = { tier, index: Math.floor(index / widthInTile) };
    const hashes = await tileAt(place);
    return hashInTile(hashes, height, index % widthInTile, insideOf({ ...place, hashes }));
  };
}

/** Hashes inside of a tile that were worked out, by height and index. */
type Inside = Map<number, Hash>;

const MOST_REMEMBERED = 64;
const remembered = new Map<string, { readonly hashes: Uint8Array; readonly inside: Inside }>();

/** What is known of the inside of a tile that is still the same: the upper tiles are part of every proof. */
function insideOf({ tier, index, hashes }: Tile): Inside {
  const name = `${String(tier)}/${String(index)}`;
  const known = remembered.get(name);
  const isSame = known != null && Buffer.compare(known.hashes, hashes) === 0;
  const inside: Inside = isSame ? known.inside : new Map();
  // What was used last goes last.
  remembered.delete(name);
  remembered.set(name, { hashes, inside });
  const [oldest] = remembered.keys();
  if (remembered.size > MOST_REMEMBERED && oldest != null) remembered.delete(oldest);
  return inside;
}

/** The hash of a subtree whose leaves are the hashes of a tile. */
function hashInTile(hashes: Uint8Array, height: number, index: number, inside: Inside = new Map()): Hash {
  if (height > 0) {
    const place = height * TILE_WIDTH + index;
    const known = inside.get(place);
    if (known != null) return known;
    const [left, right] = [0, 1].map((side) => hashInTile(hashes, height - 1, index * 2 + side, inside));
    const hash = nodeHash(left as Hash, right as Hash);
    inside.set(place, hash);
    return hash;
  }
  const hash = hashes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
  if (hash.length !== HASH_BYTES) throw new Error(`a tile does not reach to its hash ${String(index)}`);
  return hash;
}
