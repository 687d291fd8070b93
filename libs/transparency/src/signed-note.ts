import type { KeyObject } from 'node:crypto';
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { areSame, sha256 } from './hashes';

/**
 * Who signs: a book, or a witness. A witness says with its signature that it has seen the book grow up to there, and when.
 * The numbers are those of the signed-note format.
 */
export const SIGNATURE_KINDS = { BOOK: 0x01, WITNESS: 0x04 } as const;
export type SignatureKind = keyof typeof SIGNATURE_KINDS;

/** A public key with its owner's name, as it is handed round: `name+id+key`. */
export interface VerifierKey {
  readonly name: string;
  readonly kind: SignatureKind;
  /** First four bytes of a hash over name and key: tells which key is meant. */
  readonly id: Uint8Array;
  /** The 32 bytes of an Ed25519 key. */
  readonly publicKey: Uint8Array;
}

export interface SignerKey extends VerifierKey {
  readonly privateKey: KeyObject;
}

/** A text, and whose signatures on it hold. */
export interface OpenedNote {
  readonly text: string;
  readonly signatures: readonly { readonly key: VerifierKey; readonly at?: Date }[];
}

export class NoteError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NoteError';
  }
}

const KEY_ID_BYTES = 4;
const TIME_BYTES = 8;
const SIGNATURE_BYTES = 64;
/** Its kind, and the key. */
const TOLD_KEY_BYTES = 33;
const SIGNATURE_LINE = /^\u2014 (\S+) (\S+)$/;
const BARRED_IN_NAMES = /[\s+\p{Cc}]/u;

/** Makes a new key. @throws NoteError where the name is empty or has white space or a plus sign in it */
export function generateSigner(name: string, kind: SignatureKind = 'BOOK'): SignerKey {
  return signerOf(name, kind, generateKeyPairSync('ed25519').privateKey);
}

/** A key as it is kept in a file: PKCS #8 in PEM, with nothing of its owner's name. */
export function signerFromPem(name: string, kind: SignatureKind, pem: string): SignerKey {
  const privateKey = createPrivateKey(pem);
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new NoteError('it is not an Ed25519 key');
  return signerOf(name, kind, privateKey);
}

export function pemOf(signer: SignerKey): string {
  return signer.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
}

/** `name+id+key`, the form in which public keys are told. */
export function formatVerifierKey({ name, id, kind, publicKey }: VerifierKey): string {
  const key = Buffer.concat([Uint8Array.of(SIGNATURE_KINDS[kind]), publicKey]).toString('base64');
  return `${name}+${Buffer.from(id).toString('hex')}+${key}`;
}

/** @throws NoteError */
export function parseVerifierKey(text: string): VerifierKey {
  const [name, id, ...rest] = text.split('+');
  const bytes = Buffer.from(rest.join('+'), 'base64');
  const kind = kindOf(bytes[0]);
  if (name == null || id == null || kind == null || bytes.length !== TOLD_KEY_BYTES)
    throw new NoteError('a key reads name+id+key');
  const key = verifierOf(name, kind, bytes.subarray(1));
  if (Buffer.from(key.id).toString('hex') !== id)
    throw new NoteError(`the id of the key of ${name} is wrong`);
  return key;
}

/**
 * Signs a text.
 *
 * @param text ends with a line feed
 * @param at when a witness has seen it
 * @returns a signature line, with its line feed
 */
export function signatureOn(text: string, signer: SignerKey, at = new Date()): string {
  const time = signer.kind === 'WITNESS' ? secondsOf(at) : undefined;
  const signature = sign(null, signedBytes(text, time), signer.privateKey);
  const bytes = Buffer.concat([signer.id, time == null ? new Uint8Array() : timeBytes(time), signature]);
  return `\u2014 ${signer.name} ${bytes.toString('base64')}\n`;
}

/** A text with its signatures. @throws NoteError where the text does not end with a line feed */
export function signNote(text: string, ...signers: readonly SignerKey[]): string {
  if (!text.endsWith('\n') || text.includes('\n\n'))
    throw new NoteError('a note is a text of whole, non-empty lines');
  return `${text}\n${signers.map((signer) => signatureOn(text, signer)).join('')}`;
}

/**
 * Reads a note, and tells which of some keys have signed it. Signatures of others are passed over.
 *
 * @throws NoteError where it is no note, or where a signature of one of the keys is wrong
 */
export function openNote(note: string, keys: readonly VerifierKey[]): OpenedNote {
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) throw new NoteError('it is not a signed note');
  const text = note.slice(0, end + 1);
  const lines = note.slice(end + 2, -1).split('\n');
  const signatures = lines.flatMap((line) => {
    const [, name, encoded] = SIGNATURE_LINE.exec(line) ?? [];
    if (name == null || encoded == null) throw new NoteError('a signature line cannot be read');
    const bytes = Buffer.from(encoded, 'base64');
    const key = keys.find((one) => one.name === name && areSame(one.id, bytes.subarray(0, KEY_ID_BYTES)));
    return key == null ? [] : [{ key, ...verified(text, key, bytes.subarray(KEY_ID_BYTES)) }];
  });
  return { text, signatures };
}

function verified(text: string, key: VerifierKey, bytes: Uint8Array): { at?: Date } {
  const time = key.kind === 'WITNESS' ? Number(Buffer.from(bytes).readBigUInt64BE(0)) : undefined;
  const signature = bytes.subarray(time == null ? 0 : TIME_BYTES);
  const isRight =
    signature.length === SIGNATURE_BYTES &&
    verify(null, signedBytes(text, time), keyObjectOf(key), signature);
  if (!isRight) throw new NoteError(`the signature of ${key.name} is wrong`);
  return time == null ? {} : { at: new Date(time * 1000) };
}

/** A witness signs the time along with the text. */
function signedBytes(text: string, time: number | undefined): Buffer {
  return Buffer.from(time == null ? text : `cosignature/v1\ntime ${String(time)}\n${text}`);
}

function timeBytes(time: number): Buffer {
  const bytes = Buffer.alloc(TIME_BYTES);
  bytes.writeBigUInt64BE(BigInt(time));
  return bytes;
}

const secondsOf = (at: Date) => Math.floor(at.getTime() / 1000);

function signerOf(name: string, kind: SignatureKind, privateKey: KeyObject): SignerKey {
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  return { ...verifierOf(name, kind, Buffer.from(x ?? '', 'base64url')), privateKey };
}

function verifierOf(name: string, kind: SignatureKind, publicKey: Uint8Array): VerifierKey {
  if (name === '' || BARRED_IN_NAMES.test(name))
    throw new NoteError(`${JSON.stringify(name)} cannot name a key`);
  const id = sha256(`${name}\n`, Uint8Array.of(SIGNATURE_KINDS[kind]), publicKey).subarray(0, KEY_ID_BYTES);
  return { name, kind, id, publicKey };
}

function keyObjectOf({ publicKey }: VerifierKey): KeyObject {
  const x = Buffer.from(publicKey).toString('base64url');
  return createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } });
}

function kindOf(number: number | undefined): SignatureKind | undefined {
  if (number === SIGNATURE_KINDS.BOOK) return 'BOOK';
  return number === SIGNATURE_KINDS.WITNESS ? 'WITNESS' : undefined;
}
