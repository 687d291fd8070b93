import { describe, expect, it } from '@jest/globals';
import {
  canonicalJson,
  consistencyProof,
  inclusionProof,
  leafHash,
  nodeHash,
  rootOf,
  sha256,
} from '@chargebook/transparency';
import type { Hash, ReadHash } from '@chargebook/transparency';
import type { InclusionAnswer } from './audit-answers';
import { checkedConsistency, checkedInclusion } from './audit-answers';

const CONTENTS = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((fact) => canonicalJson({ fact }));
const HEADS = CONTENTS.map((content, nth) =>
  canonicalJson({ content: hex(sha256(content)), sequence: nth + 1 }),
);
const read: ReadHash = ({ level, index }) => Promise.resolve(subtree(level, index));
const treeOf = async (size: number) => ({ origin: 'chargebook/x', size, root: await rootOf(size, read) });

function subtree(level: number, index: number): Hash {
  if (level === 0) return leafHash(HEADS[index] ?? '');
  return nodeHash(subtree(level - 1, index * 2), subtree(level - 1, index * 2 + 1));
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

async function answer(sequence: number, size: number): Promise<InclusionAnswer> {
  const hashes = (await inclusionProof(sequence - 1, size, read)).map(hex);
  return { head: HEADS[sequence - 1] ?? '', content: CONTENTS[sequence - 1] ?? '', hashes };
}

describe('a proof that a server gives', () => {
  it('is believed where it leads to the signed root', async () => {
    expect(checkedInclusion(await answer(3, 7), 3, await treeOf(7))).toBeUndefined();
    expect(checkedInclusion({ ...(await answer(3, 7)), content: null }, 3, await treeOf(7))).toBeUndefined();
  });

  it('is not believed where anything of it is another one', async () => {
    const [right, other, checkpoint] = [await answer(3, 7), await answer(4, 7), await treeOf(7)];
    const problems = [
      checkedInclusion(other, 3, checkpoint),
      checkedInclusion({ ...right, content: '{}' }, 3, checkpoint),
      checkedInclusion({ ...right, hashes: right.hashes.slice(1) }, 3, checkpoint),
      checkedInclusion({ ...right, hashes: other.hashes }, 3, checkpoint),
      checkedInclusion(right, 3, await treeOf(6)),
      checkedInclusion({ ...right, head: right.head.replace('}', ',"x":1}') }, 3, checkpoint),
    ];
    expect(problems).toEqual([
      'the head is that of another fact',
      'the content is not the one that the head names',
      ...Array.from({ length: 4 }, () => 'the proof does not lead to the signed root'),
    ]);
  });

  it('shows that a book only grew, or does not', async () => {
    const [from, to] = [await treeOf(3), await treeOf(7)];
    const hashes = (await consistencyProof(3, 7, read)).map(hex);
    expect(checkedConsistency(from, to, hashes)).toBe(true);
    expect(checkedConsistency({ ...from, root: to.root }, to, hashes)).toBe(false);
    expect(checkedConsistency(from, to, hashes.slice(1))).toBe(false);
  });
});
