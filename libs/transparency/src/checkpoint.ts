import type { Hash } from './hashes';
import { HASH_BYTES } from './hashes';
import type { SignerKey, VerifierKey } from './signed-note';
import { NoteError, openNote, signNote } from './signed-note';

/** What a book says of itself at an instant: whose it is, how many facts it has, and the root of the tree over them. */
export interface Checkpoint {
  /** The name that the book goes by in all its checkpoints. */
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
}

export interface OpenedCheckpoint extends Checkpoint {
  readonly signatures: readonly { readonly key: VerifierKey; readonly at?: Date }[];
}

export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${String(size)}\n${Buffer.from(root).toString('base64')}\n`;
}

export function signCheckpoint(checkpoint: Checkpoint, ...signers: readonly SignerKey[]): string {
  return signNote(formatCheckpoint(checkpoint), ...signers);
}

/**
 * Reads a signed checkpoint.
 *
 * @param keys those whose signatures are looked for; at least one of them must have signed as the book itself
 * @throws NoteError
 */
export function openCheckpoint(note: string, keys: readonly VerifierKey[]): OpenedCheckpoint {
  const { text, signatures } = openNote(note, keys);
  const checkpoint = parseCheckpoint(text);
  if (!signatures.some(({ key }) => key.kind === 'BOOK' && key.name === checkpoint.origin))
    throw new NoteError(`the checkpoint of ${checkpoint.origin} is not signed by a known key of its book`);
  return { ...checkpoint, signatures };
}

/** Reads a checkpoint without looking at who signed it. @throws NoteError */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin, size, root] = text.split('\n');
  const hash = Buffer.from(root ?? '', 'base64');
  if (!origin || !/^(0|[1-9]\d{0,15})$/.test(size ?? '') || hash.length !== HASH_BYTES)
    throw new NoteError('it is not a checkpoint');
  return { origin, size: Number(size), root: hash };
}
