import type { LedgerEntry } from '@chargebook/read-models';
import { leafOf, TreeQueries } from '@chargebook/read-models';
import { consistencyProof, inclusionProof, rootOf, TreeRangeError } from '@chargebook/transparency';
import type { Asked } from './audit-record';
import { AuditRecord } from './audit-record';

/** That a fact stands at its place in the tree of the first `size` facts. Hashes are hexadecimal. */
export interface InclusionProof {
  readonly sequence: number;
  readonly size: number;
  readonly entry: LedgerEntry;
  readonly leaf: string;
  /** Beside the path from the leaf to the root, from below. */
  readonly hashes: readonly string[];
  readonly root: string;
}

/** That the tree of the first `to` facts begins with that of the first `from`. Hashes are hexadecimal. */
export interface ConsistencyProof {
  readonly from: number;
  readonly to: number;
  readonly fromRoot: string;
  readonly toRoot: string;
  readonly hashes: readonly string[];
}

/** Proofs about the tree of hashes. They tell hashes of facts: who asks must be allowed to see them. */
export class ProofQueries {
  readonly record: AuditRecord;

  constructor(private readonly database: Asked) {
    this.record = new AuditRecord(database);
  }

  /**
   * @param size of the tree; that of the first checkpoint that covers the fact, where none is told
   * @returns undefined where the book has no such fact
   * @throws TreeRangeError where there is no tree of that size, or the fact came later
   */
  async inclusion(sequence: number, size?: number): Promise<InclusionProof | undefined> {
    const tree = new TreeQueries(this.database);
    const [entry] = await tree.entriesAfter(sequence - 1, 1);
    if (entry?.sequence !== sequence) return undefined;
    const leaves = size ?? (await this.record.covering(sequence))?.size ?? (await tree.size());
    await requireSize(tree, leaves);
    const [hashes, root] = await Promise.all([
      inclusionProof(sequence - 1, leaves, tree.readHash),
      rootOf(leaves, tree.readHash),
    ]);
    return {
      sequence,
      size: leaves,
      entry,
      leaf: hex(leafOf(entry.head)),
      hashes: hashes.map(hex),
      root: hex(root),
    };
  }

  /** @throws TreeRangeError */
  async consistency(from: number, to: number): Promise<ConsistencyProof> {
    const tree = new TreeQueries(this.database);
    await requireSize(tree, to);
    const hashes = await consistencyProof(from, to, tree.readHash);
    const [fromRoot, toRoot] = await Promise.all([rootOf(from, tree.readHash), rootOf(to, tree.readHash)]);
    return { from, to, fromRoot: hex(fromRoot), toRoot: hex(toRoot), hashes: hashes.map(hex) };
  }
}

async function requireSize(tree: TreeQueries, size: number): Promise<void> {
  if (size > (await tree.size())) throw new TreeRangeError(`the book has no ${String(size)} facts yet`);
}

const hex = (hash: Uint8Array) => Buffer.from(hash).toString('hex');
