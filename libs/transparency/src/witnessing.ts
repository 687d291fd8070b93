import type { Checkpoint } from './checkpoint';
import type { JsonValue } from './canonical-json';
import { canonicalJson } from './canonical-json';
import type { Hash } from './hashes';
import { areSame, HASH_BYTES, leafHash, sha256 } from './hashes';
import type { TreeBuilder } from './merkle-tree';

/** What a witness has kept of a book. */
export interface Witnessed {
  /** The last checkpoint that it found in order. */
  readonly size: number;
  readonly root: Hash;
  /** The tree of its leaves; goes on with those that are told. */
  readonly tree: TreeBuilder;
  /** Its leaves from an index to before another, 32 bytes each. */
  leaves(from: number, to: number): Promise<Uint8Array>;
  /** Takes leaves in that are not attested yet. */
  keep(leaves: Uint8Array, from: number): Promise<void>;
}

/** The leaves of the book as it is told now, from an index to before another, in pieces of any length. */
export type ToldLeaves = (from: number, to: number) => AsyncIterable<Uint8Array>;

/**
 * What a witness finds in a new checkpoint. Sequences are those of the first entry that is another one now; absent where all that
 * it knows are as they were.
 */
export type Finding =
  | { readonly kind: 'CONSISTENT' }
  /** The book ends before what was signed. */
  | { readonly kind: 'ROLLED_BACK'; readonly to: number; readonly from?: number }
  /** Two checkpoints of one size with different roots; or one that is not that of the entries that are told. */
  | { readonly kind: 'FORKED'; readonly from?: number }
  | { readonly kind: 'REWRITTEN'; readonly from: number };

/** Compares a new checkpoint of a book with what a witness has kept of it. */
export async function judge(own: Witnessed, told: Checkpoint, leaves: ToldLeaves): Promise<Finding> {
  if (told.size < own.size) {
    const at = await firstDifference(own, leaves(0, told.size), told.size);
    return { kind: 'ROLLED_BACK', to: told.size, ...sequenceOf(at) };
  }
  if (told.size > own.size) await grow(own, leaves(own.size, told.size), told.size);
  if (own.tree.size === told.size && areSame(own.tree.root, told.root)) return { kind: 'CONSISTENT' };
  const at = await firstDifference(own, leaves(0, own.size), own.size);
  if (told.size === own.size || at == null) return { kind: 'FORKED', ...sequenceOf(at) };
  return { kind: 'REWRITTEN', from: at + 1 };
}

/**
 * Compares leaves that a witness has with those that are told.
 *
 * @returns the index of the first that is another one, or that is not told; undefined where there is none
 */
export async function firstDifference(
  own: Pick<Witnessed, 'leaves'>,
  told: AsyncIterable<Uint8Array>,
  size: number,
): Promise<number | undefined> {
  let at = 0;
  for await (const piece of wholeLeaves(told)) {
    const count = Math.min(piece.length / HASH_BYTES, size - at);
    const kept = await own.leaves(at, at + count);
    for (let nth = 0; nth < count; nth += 1) {
      const [start, end] = [nth * HASH_BYTES, (nth + 1) * HASH_BYTES];
      if (!areSame(kept.subarray(start, end), piece.subarray(start, end))) return at + nth;
    }
    at += count;
    if (at >= size) return undefined;
  }
  return at < size ? at : undefined;
}

/** An entry as it is told: the head is what the leaf is the hash of, and names the hash of the content. */
export interface ToldEntry {
  readonly head: { readonly sequence: number; readonly content: string } & Readonly<
    Record<string, JsonValue>
  >;
  readonly content: string;
}

/** Whether an entry's content is the one that its head names. */
export function hangsTogether({ head, content }: ToldEntry): boolean {
  return Buffer.from(sha256(content)).toString('hex') === head.content;
}

/** The leaf of an entry, hashed again. What does not hang together has one that no tree holds. */
export function leafOfTold(entry: ToldEntry): Hash {
  return hangsTogether(entry) ? leafHash(canonicalJson(entry.head)) : new Uint8Array(HASH_BYTES);
}

/** Takes leaves in up to a size: a server that goes on and on is not listened to any longer. */
async function grow(own: Witnessed, told: AsyncIterable<Uint8Array>, size: number): Promise<void> {
  for await (const piece of wholeLeaves(told)) {
    const leaves = piece.subarray(0, (size - own.tree.size) * HASH_BYTES);
    await own.keep(leaves, own.tree.size);
    for (let start = 0; start < leaves.length; start += HASH_BYTES)
      own.tree.append(leaves.subarray(start, start + HASH_BYTES));
    if (own.tree.size >= size) return;
  }
}

/** The same in pieces of whole leaves. */
async function* wholeLeaves(told: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let rest: Uint8Array = new Uint8Array();
  for await (const piece of told) {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    const whole = bytes.length - (bytes.length % HASH_BYTES);
    if (whole > 0) yield bytes.subarray(0, whole);
    rest = bytes.subarray(whole);
  }
}

function sequenceOf(index: number | undefined): { readonly from?: number } {
  return index == null ? {} : { from: index + 1 };
}
