import type { Checkpoint } from './checkpoint';
import { formatCheckpoint, openCheckpoint, parseCheckpoint } from './checkpoint';
import type { OpenedCheckpoint } from './checkpoint';
import type { SignerKey, VerifierKey } from './signed-note';
import { formatVerifierKey, NoteError, openNote, parseVerifierKey, signNote } from './signed-note';

/** A key of a book, and for which sizes of its tree it signs. */
export interface KeySpan {
  readonly key: VerifierKey;
  /** It was introduced when the tree had so many leaves. */
  readonly from: number;
  /** So many leaves the tree had when another key took its place. */
  readonly until?: number;
}

const NEXT_KEY = /^next-key (\S+)$/m;

/**
 * A checkpoint that names the key by which later ones will be signed. It is signed by that key, and by the one before: whoever
 * knows that one can follow. Where the former key is lost, nobody can.
 */
export function introduceKey(checkpoint: Checkpoint, next: SignerKey, former?: SignerKey): string {
  const text = `${formatCheckpoint(checkpoint)}next-key ${formatVerifierKey(next)}\n`;
  return signNote(text, ...(former == null ? [next] : [former, next]));
}

/**
 * Follows a book's keys from those that are known.
 *
 * @param known a first key signs from the beginning
 * @param introductions in the order in which they were made
 * @returns all keys that can be trusted, known ones first; an introduction that no trusted key has signed adds none
 * @throws NoteError where an introduction is signed wrongly or cannot be read
 */
export function followKeys(known: readonly KeySpan[], introductions: readonly string[]): KeySpan[] {
  const trusted = [...known];
  for (const note of introductions) {
    const next = parseVerifierKey(NEXT_KEY.exec(note)?.[1] ?? '');
    if (trusted.some(({ key }) => isSame(key, next))) continue;
    const { text, signatures } = openNote(note, [...trusted.map(({ key }) => key), next]);
    const { origin, size } = parseCheckpoint(text);
    const signed = signatures.map(({ key }) => key);
    const former = trusted.findIndex(
      ({ key, until }) =>
        until == null && key.name === origin && signed.some((signer) => isSame(signer, key)),
    );
    const before = trusted[former];
    if (before == null || next.name !== origin || !signed.some((signer) => isSame(signer, next))) continue;
    trusted[former] = { ...before, until: size };
    trusted.push({ key: next, from: size });
  }
  return trusted;
}

/**
 * Reads a checkpoint that is signed by the key that signed when the tree had that size.
 *
 * @throws NoteError
 */
export function openSucceeded(note: string, keys: readonly KeySpan[]): OpenedCheckpoint {
  const { size } = parseCheckpoint(note);
  const valid = keys.filter(({ from, until }) => from <= size && (until == null || size <= until));
  if (valid.length === 0) throw new NoteError('no key is known that signs checkpoints of that size');
  return openCheckpoint(
    note,
    valid.map(({ key }) => key),
  );
}

function isSame(one: VerifierKey, other: VerifierKey): boolean {
  return formatVerifierKey(one) === formatVerifierKey(other);
}
