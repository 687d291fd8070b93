import type { Cryptography } from '@chargebook/verifier';
import { sha256 } from '@noble/hashes/sha2.js';

/** This browser cannot tell whether something is signed by an Ed25519 key. */
export class NoSignaturesError extends Error {
  constructor() {
    super('This browser cannot check signatures of Ed25519, or not over plain HTTP.');
    this.name = 'NoSignaturesError';
  }
}

/** What a browser has for verifying; signatures are checked on secure pages only, and by new browsers only. */
export const browserCryptography: Cryptography = {
  hash: (whole) => sha256(typeof whole === 'string' ? new TextEncoder().encode(whole) : whole),
  hasher: () => sha256.create(),
  isSigned: async (publicKey, message, signature) => {
    const subtle = globalThis.crypto.subtle as SubtleCrypto | undefined;
    if (subtle == null) throw new NoSignaturesError();
    let key: CryptoKey;
    try {
      key = await subtle.importKey('raw', new Uint8Array(publicKey), 'Ed25519', false, ['verify']);
    } catch (error) {
      if (error instanceof DOMException && error.name === 'NotSupportedError') throw new NoSignaturesError();
      return false;
    }
    return subtle.verify('Ed25519', key, new Uint8Array(signature), new Uint8Array(message));
  },
};
