import { createHash } from 'node:crypto';

/** A SHA-256 hash: 32 bytes. */
export type Hash = Uint8Array;

export const HASH_BYTES = 32;

// RFC 6962, 2.1: what is hashed as a leaf can never be taken for a node.
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export function sha256(...parts: readonly (Uint8Array | string)[]): Hash {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** The hash of a leaf, from what stands in it. */
export const leafHash = (content: Uint8Array | string): Hash => sha256(LEAF, content);

/** The hash of two neighbouring subtrees. */
export const nodeHash = (left: Hash, right: Hash): Hash => sha256(NODE, left, right);

/** The root of a tree without leaves. */
export const EMPTY_ROOT: Hash = sha256();

export function areSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
