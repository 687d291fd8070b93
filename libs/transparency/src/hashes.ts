import { hash } from 'node:crypto';

/** A SHA-256 hash: 32 bytes. */
export type Hash = Uint8Array;

export const HASH_BYTES = 32;

// RFC 6962, 2.1: what is hashed as a leaf can never be taken for a node.
const LEAF = '\0';
const NODE = Uint8Array.of(1);

/** Of texts and bytes, one after the other. */
export function sha256(...parts: readonly (Uint8Array | string)[]): Hash {
  const [only = ''] = parts;
  return hash(
    'sha256',
    parts.length < 2 ? only : Buffer.concat(parts.map((part) => Buffer.from(part))),
    'buffer',
  );
}

/** Of a text, in hexadecimal digits. */
export const sha256Hex = (text: string): string => hash('sha256', text, 'hex');

/** The hash of a leaf, from what stands in it. */
export function leafHash(content: Uint8Array | string): Hash {
  return typeof content === 'string' ? sha256(LEAF + content) : sha256(LEAF, content);
}

/** The hash of two neighbouring subtrees. */
export const nodeHash = (left: Hash, right: Hash): Hash => sha256(Buffer.concat([NODE, left, right]));

/** The root of a tree without leaves. */
export const EMPTY_ROOT: Hash = sha256('');

export function areSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
