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
    const [found, covering] = await Promise.all([
      tree.entryAt(sequence),
      size == null ? this.record.covering(sequence) : undefined,
      size == null ? undefined : tree.readAhead(size, sequence - 1),
    ]);
    if (found == null) return undefined;
    const { entry, size: most } = found;
    const leaves = size ?? covering?.size ?? most;
    requireSize(leaves, most);
    if (size == null) await tree.readAhead(leaves, sequence - 1);
    const hashes = await inclusionProof(sequence - 1, leaves, tree.readHash);
    return {
      sequence,
      size: leaves,
      entry,
      leaf: hex(leafOf(entry.head)),
      hashes: hashes.map(hex),
    };
  }

  /** The root of the tree of the first facts, from its tiles as they are now. */
  async root(size: number): Promise<string> {
    const tree = new TreeQueries(this.database);
    await tree.readAhead(size);
    return hex(await rootOf(size, tree.readHash));
  }

  /** @throws TreeRangeError */
  async consistency(from: number, to: number): Promise<ConsistencyProof> {
    const tree = new TreeQueries(this.database);
    const [most] = await Promise.all([tree.size(), tree.readAhead(to, from)]);
    requireSize(to, most);
    const hashes = await consistencyProof(from, to, tree.readHash);
    const fromRoot = hex(await rootOf(from, tree.readHash));
    const toRoot = hex(await rootOf(to, tree.readHash));
    return { from, to, fromRoot, toRoot, hashes: hashes.map(hex) };
  }
}

function requireSize(size: number, most: number): void {
  if (size > most) throw new TreeRangeError(`the book has no ${String(size)} facts yet`);
}

const hex = (hash: Uint8Array) => Buffer.from(hash).toString('hex');
