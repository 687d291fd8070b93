import type { Hash } from './hashes';
import { areSame, EMPTY_ROOT, nodeHash } from './hashes';

/** A complete subtree: the leaves from `index * 2^level` on, `2^level` of them. */
export interface Subtree {
  readonly level: number;
  readonly index: number;
}

/** Gives the hash of a complete subtree of a tree that has grown at least so far. */
export type ReadHash = (subtree: Subtree) => Promise<Hash>;

/** Proofs about trees that cannot be: sizes or places that no such tree has. */
export class TreeRangeError extends RangeError {
  constructor(message: string) {
    super(message);
    this.name = 'TreeRangeError';
  }
}

/** The root of the tree of the first leaves (RFC 6962, 2.1). */
export async function rootOf(size: number, read: ReadHash): Promise<Hash> {
  return size === 0 ? EMPTY_ROOT : hashOf(0, size, read);
}

/**
 * Proves that a leaf stands at its place in the tree of the first `size` leaves (RFC 6962, 2.1.1).
 *
 * @returns the hashes beside the path from the leaf to the root, from below
 * @throws TreeRangeError
 */
export async function inclusionProof(index: number, size: number, read: ReadHash): Promise<Hash[]> {
  if (!(Number.isSafeInteger(index) && index >= 0 && index < size))
    throw new TreeRangeError(`a tree of ${String(size)} leaves has none at ${String(index)}`);
  const proof: Hash[] = [];
  for (let start = 0, end = size; end - start > 1;) {
    const middle = start + largestPowerBelow(end - start);
    if (index < middle) {
      proof.unshift(await hashOf(middle, end, read));
      end = middle;
    } else {
      proof.unshift(await hashOf(start, middle, read));
      start = middle;
    }
  }
  return proof;
}

/**
 * Proves that the tree of the first `from` leaves is the beginning of that of the first `to` leaves (RFC 6962, 2.1.2).
 *
 * @throws TreeRangeError
 */
export async function consistencyProof(from: number, to: number, read: ReadHash): Promise<Hash[]> {
  if (!(Number.isSafeInteger(from) && Number.isSafeInteger(to) && from >= 0 && from <= to))
    throw new TreeRangeError(`a tree of ${String(to)} leaves does not begin with ${String(from)} of them`);
  if (from === 0 || from === to) return [];
  const proof: Hash[] = [];
  let [start, end] = [0, to];
  let isWholeOld = true;
  while (end - start > 1 && from !== end) {
    const middle = start + largestPowerBelow(end - start);
    if (from <= middle) {
      proof.unshift(await hashOf(middle, end, read));
      end = middle;
    } else {
      proof.unshift(await hashOf(start, middle, read));
      start = middle;
      isWholeOld = false;
    }
  }
  // A subtree of the old tree that begins with its first leaf is the old tree itself: its root is known.
  if (!isWholeOld) proof.unshift(await hashOf(start, end, read));
  return proof;
}

/** Whether a proof shows that a leaf stands at its place in a tree with that root. */
export function isIncluded(
  leaf: { readonly index: number; readonly hash: Hash },
  tree: { readonly size: number; readonly root: Hash },
  proof: readonly Hash[],
): boolean {
  const { index, hash } = leaf;
  if (!(Number.isSafeInteger(index) && index >= 0 && index < tree.size)) return false;
  const sides: ('left' | 'right')[] = [];
  for (let start = 0, end = tree.size; end - start > 1;) {
    const middle = start + largestPowerBelow(end - start);
    if (index < middle) {
      sides.unshift('right');
      end = middle;
    } else {
      sides.unshift('left');
      start = middle;
    }
  }
  if (sides.length !== proof.length) return false;
  const root = proof.reduce(
    (below, beside, step) => (sides[step] === 'right' ? nodeHash(below, beside) : nodeHash(beside, below)),
    hash,
  );
  return areSame(root, tree.root);
}

/** Whether a proof shows that one tree is the beginning of another. */
export function isConsistent(
  from: { readonly size: number; readonly root: Hash },
  to: { readonly size: number; readonly root: Hash },
  proof: readonly Hash[],
): boolean {
  if (from.size > to.size) return false;
  if (from.size === 0) return proof.length === 0 && areSame(from.root, EMPTY_ROOT);
  if (from.size === to.size) return proof.length === 0 && areSame(from.root, to.root);
  const sides: ('left' | 'right')[] = [];
  let [start, end] = [0, to.size];
  while (end - start > 1 && from.size !== end) {
    const middle = start + largestPowerBelow(end - start);
    if (from.size <= middle) {
      sides.unshift('right');
      end = middle;
    } else {
      sides.unshift('left');
      start = middle;
    }
  }
  const isWholeOld = start === 0;
  const [first, ...others] = isWholeOld ? [from.root, ...proof] : proof;
  if (first == null || others.length !== sides.length) return false;
  let old = first;
  let grown = first;
  others.forEach((beside, step) => {
    if (sides[step] === 'left') {
      old = nodeHash(beside, old);
      grown = nodeHash(beside, grown);
    } else {
      // What stands to the right had not come yet.
      grown = nodeHash(grown, beside);
    }
  });
  return areSame(old, from.root) && areSame(grown, to.root);
}

/** The fewest complete subtrees that hold exactly the leaves from `start` to before `end`, in order. */
export function coverOf(start: number, end: number): Subtree[] {
  const cover: Subtree[] = [];
  for (let at = start; at < end;) {
    let [level, width] = [0, 1];
    while (at % (width * 2) === 0 && at + width * 2 <= end) {
      level += 1;
      width *= 2;
    }
    cover.push({ level, index: at / width });
    at += width;
  }
  return cover;
}

/** Grows a tree from the left by leaves and complete subtrees, keeping no more than its right edge. */
export class TreeBuilder {
  private readonly edge: { level: number; hash: Hash }[] = [];
  private leaves = 0;

  get size(): number {
    return this.leaves;
  }

  /** @throws TreeRangeError where a complete subtree of that level cannot begin after the leaves so far */
  append(hash: Hash, level = 0): void {
    const width = 2 ** level;
    if (this.leaves % width !== 0)
      throw new TreeRangeError(`no subtree of level ${String(level)} begins at ${String(this.leaves)}`);
    this.leaves += width;
    let grown = { level, hash };
    for (let left = this.edge.at(-1); left?.level === grown.level; left = this.edge.at(-1)) {
      this.edge.pop();
      grown = { level: grown.level + 1, hash: nodeHash(left.hash, grown.hash) };
    }
    this.edge.push(grown);
  }

  get root(): Hash {
    const last = this.edge.at(-1);
    if (last == null) return EMPTY_ROOT;
    return this.edge.slice(0, -1).reduceRight((right, { hash }) => nodeHash(hash, right), last.hash);
  }
}

/** The hash of the leaves from `start` to before `end`, as they hang together in a tree that ends there or goes on. */
async function hashOf(start: number, end: number, read: ReadHash): Promise<Hash> {
  // One after the other: they are few, most of them of the same tile, and a transaction answers one question at a time.
  const hashes: Hash[] = [];
  for (const subtree of coverOf(start, end)) hashes.push(await read(subtree));
  return hashes.reduceRight((right, left) => nodeHash(left, right));
}

/** The largest power of two below a number above 1. */
function largestPowerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}
