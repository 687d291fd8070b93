import type { Checkpoint } from '@chargebook/transparency';
import { isConsistent, isIncluded, leafHash, sha256 } from '@chargebook/transparency';

/** A proof as the API tells it; hashes are hexadecimal. */
export interface InclusionAnswer {
  readonly head: string;
  readonly content: string | null;
  readonly hashes: readonly string[];
}

export const INCLUSION = `query ($sequence: Sequence!, $size: Sequence) {
  proof: inclusionProof(sequence: $sequence, size: $size) { head content hashes } }`;

/** @returns what is wrong with a proof; undefined where it holds */
export function checkedInclusion(
  { head, content, hashes }: InclusionAnswer,
  sequence: number,
  checkpoint: Checkpoint,
): string | undefined {
  const told = JSON.parse(head) as { sequence?: unknown; content?: unknown };
  if (told.sequence !== sequence) return 'the head is that of another fact';
  if (content != null && Buffer.from(sha256(content)).toString('hex') !== told.content)
    return 'the content is not the one that the head names';
  const leaf = { index: sequence - 1, hash: leafHash(head) };
  return isIncluded(leaf, checkpoint, hashes.map(bytesOf))
    ? undefined
    : 'the proof does not lead to the signed root';
}

export function checkedConsistency(from: Checkpoint, to: Checkpoint, hashes: readonly string[]): boolean {
  return isConsistent(from, to, hashes.map(bytesOf));
}

const bytesOf = (hash: string) => Buffer.from(hash, 'hex');
