import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Hash } from './hashes';
import { EMPTY_ROOT, leafHash, nodeHash } from './hashes';
import type { ReadHash } from './merkle-tree';
import {
  consistencyProof,
  coverOf,
  inclusionProof,
  isConsistent,
  isIncluded,
  rootOf,
  TreeBuilder,
  TreeRangeError,
} from './merkle-tree';
import type { Tile } from './tiles';
import { growTiles, openTiles, readFromTiles } from './tiles';

const hex = (hash: Hash) => Buffer.from(hash).toString('hex');
const leavesOf = (count: number) => Array.from({ length: count }, (_, index) => leafHash(String(index)));

/** RFC 6962, 2.1, word for word. */
function plainRoot(leaves: readonly Hash[]): Hash {
  const [first] = leaves;
  if (first == null) return EMPTY_ROOT;
  if (leaves.length === 1) return first;
  let half = 1;
  while (half * 2 < leaves.length) half *= 2;
  return nodeHash(plainRoot(leaves.slice(0, half)), plainRoot(leaves.slice(half)));
}

const readFrom =
  (leaves: readonly Hash[]): ReadHash =>
  ({ level, index }) => {
    const width = 2 ** level;
    const covered = leaves.slice(index * width, (index + 1) * width);
    return covered.length === width
      ? Promise.resolve(plainRoot(covered))
      : Promise.reject(new Error('that subtree is not complete'));
  };

/** Keeps tiles as a table does, fed in portions. */
function tilesOf(leaves: readonly Hash[], portions: readonly number[]): Map<string, Tile> {
  const kept = new Map<string, Tile>();
  const nameOf = ({ tier, index }: { tier: number; index: number }) => `${String(tier)}/${String(index)}`;
  for (let size = 0, turn = 0; size < leaves.length; turn += 1) {
    const some = leaves.slice(size, size + (portions[turn % portions.length] ?? 1));
    const open = openTiles(size).map((place) => kept.get(nameOf(place))!);
    for (const tile of growTiles(size, open, some)) kept.set(nameOf(tile), tile);
    size += some.length;
  }
  return kept;
}

const SIZES = fc.integer({ min: 1, max: 1_500 });
const LEAVES = leavesOf(70_000);

describe('a tree of hashes', () => {
  // The roots of the trees over the first of these eight inputs, as other implementations of RFC 6962 have them.
  const INPUTS = [
    '',
    '00',
    '10',
    '2021',
    '3031',
    '40414243',
    '5051525354555657',
    '606162636465666768696a6b6c6d6e6f',
  ];
  it.each([
    [0, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    [1, '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
    [2, 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'],
    [3, 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77'],
    [8, '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'],
  ])('has the known root at size %i', async (size, root) => {
    const leaves = INPUTS.map((input) => leafHash(Buffer.from(input, 'hex')));
    expect(hex(await rootOf(size, readFrom(leaves)))).toBe(root);
  });

  it('has the root of the definition, read from tiles, grown in portions, or built from the left', async () => {
    await fc.assert(
      fc.asyncProperty(
        SIZES,
        fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 }),
        async (size, portions) => {
          const leaves = LEAVES.slice(0, size);
          const tiles = tilesOf(leaves, portions);
          const read = readFromTiles(({ tier, index }) =>
            Promise.resolve(tiles.get(`${String(tier)}/${String(index)}`)!.hashes),
          );
          const root = hex(plainRoot(leaves));
          expect(hex(await rootOf(size, read))).toBe(root);
          const builder = new TreeBuilder();
          for (const leaf of leaves) builder.append(leaf);
          expect([builder.size, hex(builder.root)]).toEqual([size, root]);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('has three tiers of tiles where it is large', async () => {
    const tiles = tilesOf(LEAVES, [1_000]);
    const read = readFromTiles(({ tier, index }) =>
      Promise.resolve(tiles.get(`${String(tier)}/${String(index)}`)!.hashes),
    );
    const root = await rootOf(LEAVES.length, read);
    expect(hex(root)).toBe(hex(plainRoot(LEAVES)));
    expect([...tiles.keys()].filter((name) => name.startsWith('2/'))).toEqual(['2/0']);
    const proof = await inclusionProof(65_536, LEAVES.length, read);
    expect(isIncluded({ index: 65_536, hash: LEAVES[65_536]! }, { size: LEAVES.length, root }, proof)).toBe(
      true,
    );
  });

  it('proves each leaf at its place, and no other there', async () => {
    await fc.assert(
      fc.asyncProperty(SIZES, fc.nat(), fc.nat(), async (size, some, other) => {
        const leaves = LEAVES.slice(0, size);
        const [index, elsewhere] = [some % size, other % size];
        const tree = { size, root: plainRoot(leaves) };
        const proof = await inclusionProof(index, size, readFrom(leaves));
        expect(isIncluded({ index, hash: leaves[index]! }, tree, proof)).toBe(true);
        expect(isIncluded({ index, hash: leaves[elsewhere]! }, tree, proof)).toBe(index === elsewhere);
        expect(isIncluded({ index, hash: leaves[index]! }, { size, root: EMPTY_ROOT }, proof)).toBe(false);
        expect(isIncluded({ index, hash: leaves[index]! }, tree, [...proof, EMPTY_ROOT])).toBe(false);
        expect(isIncluded({ index, hash: leaves[index]! }, tree, proof.slice(1))).toBe(proof.length === 0);
      }),
      { numRuns: 100 },
    );
  });

  it('proves that it only grew', async () => {
    await fc.assert(
      fc.asyncProperty(SIZES, fc.nat(), fc.nat(), async (to, some, changed) => {
        const leaves = LEAVES.slice(0, to);
        const from = some % (to + 1);
        const old = { size: from, root: plainRoot(leaves.slice(0, from)) };
        const grown = { size: to, root: plainRoot(leaves) };
        const proof = await consistencyProof(from, to, readFrom(leaves));
        expect(isConsistent(old, grown, proof)).toBe(true);
        if (from === 0) return;
        const rewritten = leaves.with(changed % from, leafHash('rewritten'));
        const lie = { size: to, root: plainRoot(rewritten) };
        const lieProof = await consistencyProof(from, to, readFrom(rewritten));
        expect(isConsistent(old, lie, lieProof)).toBe(false);
        expect(isConsistent(old, lie, proof)).toBe(false);
        expect(isConsistent(old, grown, [...proof, EMPTY_ROOT])).toBe(false);
      }),
      { numRuns: 100 },
    );
  });

  it('is covered by few subtrees between any two leaves', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.nat(100_000), (one, other) => {
        const [start, end] = [Math.min(one, other), Math.max(one, other)];
        let at = start;
        for (const { level, index } of coverOf(start, end)) {
          expect(index * 2 ** level).toBe(at);
          at += 2 ** level;
        }
        expect(at).toBe(end);
        expect(coverOf(start, end).length).toBeLessThanOrEqual(34);
      }),
    );
  });

  it('refuses what no such tree has', async () => {
    const read = readFrom(LEAVES);
    await expect(inclusionProof(3, 3, read)).rejects.toThrow(TreeRangeError);
    await expect(inclusionProof(-1, 3, read)).rejects.toThrow(TreeRangeError);
    await expect(inclusionProof(0.5, 3, read)).rejects.toThrow(TreeRangeError);
    await expect(consistencyProof(4, 3, read)).rejects.toThrow(TreeRangeError);
    const builder = new TreeBuilder();
    builder.append(EMPTY_ROOT);
    expect(() => {
      builder.append(EMPTY_ROOT, 1);
    }).toThrow(TreeRangeError);
  });
});
