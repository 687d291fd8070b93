import { TreeQueries } from '@chargebook/read-models';
import type { Checkpoint } from '@chargebook/transparency';
import { areSame, consistencyProof, isConsistent, rootOf } from '@chargebook/transparency';
import type { Asked, StoredCheckpoint } from './audit-record';

/** The book is not the one that was signed: nothing is signed until somebody has looked at it. */
export class BookChangedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BookChangedError';
  }
}

/** The tree as it is now. */
export async function treeAt(database: Asked, origin: string): Promise<Checkpoint> {
  const tree = new TreeQueries(database);
  const size = await tree.size();
  return { origin, size, root: await rootOf(size, tree.readHash) };
}

/** The tree as it is now, once it is seen that it has grown out of what was signed last. @throws BookChangedError */
export async function grownFrom(
  last: StoredCheckpoint | undefined,
  database: Asked,
  origin: string,
): Promise<Checkpoint> {
  const tree = new TreeQueries(database);
  const size = await tree.size();
  if (last != null && size < last.size)
    throw new BookChangedError(
      `the book has ${String(size)} facts, and ${String(last.size)} of them are signed: it was cut off, or its ledger is not ` +
        'complete yet',
    );
  const root = await rootOf(size, tree.readHash);
  const grown = { origin, size, root };
  if (last == null) return grown;
  const signed = { size: last.size, root: Buffer.from(last.root, 'hex') };
  const proof = await consistencyProof(signed.size, size, tree.readHash);
  const isSame = areSame(await rootOf(signed.size, tree.readHash), signed.root);
  if (isSame && isConsistent(signed, grown, proof)) return grown;
  throw new BookChangedError(
    `the tree of hashes is not the one whose first ${String(last.size)} leaves were signed at ${last.signedAt}: the book was ` +
      'rewritten, and a witness can say where',
  );
}
