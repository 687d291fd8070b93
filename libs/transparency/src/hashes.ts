import { hash } from 'node:crypto';

/** A SHA-256 hash: 32 bytes. */
export type Hash = Uint8Array;

export const HASH_BYTES = 32;

// RFC 6962, 2.1: what is hashed as a leaf can never be taken for a node.
const LEAF = '\0';

/** Of texts and bytes, one after the other. */
export function sha256(...parts: readonly (Uint8Array | string)[]): Hash {
  const [only = ''] = parts;
  const whole = parts.length < 2 ? only : Buffer.concat(parts.map((part) => Buffer.from(part)));
  return hash('sha256', whole, 'buffer');
}

/** Of a text, in hexadecimal digits. */
export const sha256Hex = (text: string): string => hash('sha256', text, 'hex');

/** The hash of a leaf, from what stands in it. */
export function leafHash(content: Uint8Array | string): Hash {
  return typeof content === 'string' ? sha256(LEAF + content) : sha256(LEAF, content);
}

const NODE = 1;
const pair = Buffer.alloc(1 + 2 * HASH_BYTES, NODE);

/** The hash of two neighbouring subtrees. */
export function nodeHash(left: Hash, right: Hash): Hash {
  if (left.length !== HASH_BYTES || right.length !== HASH_BYTES)
    return sha256(Buffer.concat([Uint8Array.of(NODE), left, right]));
  // Used anew each time: a proof takes hundreds of them.
  pair.set(left, 1);
  pair.set(right, 1 + HASH_BYTES);
  return sha256(pair);
}

/** The root of a tree without leaves. */
export const EMPTY_ROOT: Hash = sha256('');

export function areSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
