import type { Finding, KeySpan, OpenedCheckpoint } from '@chargebook/transparency';
import {
  followKeys,
  formatVerifierKey,
  judge,
  NoteError,
  openSucceeded,
  parseVerifierKey,
  signatureOn,
} from '@chargebook/transparency';
import type { ToldBook, ToldCheckpoint } from './told-book';
import { Violation } from './violation';
import type { WitnessCopy } from './witness-copy';

/** How far a witness is after it has looked at the book. */
export interface Followed {
  readonly size: number;
  /** Entries that came since it looked last. */
  readonly added: number;
}

/**
 * Looks at a book's last checkpoint, takes in what came since, and cosigns it.
 *
 * @throws Violation where the book is not what it was; Failure where the server does not answer
 */
export async function followOnce(
  book: Pick<ToldBook, 'checkpoint' | 'leaves' | 'cosign'>,
  copy: WitnessCopy,
  nowMs: () => number,
): Promise<Followed> {
  const told = await book.checkpoint();
  const checkpoint = await opened(told, copy);
  const before = copy.size;
  const finding = await judge(copy, checkpoint, (from, to) => book.leaves(from, to)).catch(
    async (error: unknown) => {
      await copy.load();
      throw error;
    },
  );
  if (finding.kind !== 'CONSISTENT') {
    const file = await copy.keepEvidence(told.note);
    await copy.load();
    throw new Violation(finding.kind, `${sentenceOf(finding, told, before)} Its note is kept in ${file}.`);
  }
  const { signer } = copy;
  const text = told.note.slice(0, told.note.indexOf('\n\n') + 1);
  if (copy.attested == null || checkpoint.size > before) {
    const seenAt = new Date(nowMs());
    const cosignature = signatureOn(text, signer, seenAt);
    await copy.attest({ note: told.note, cosignature, seenAt: seenAt.toISOString() });
  }
  const witness = formatVerifierKey(signer);
  const isTold = told.cosignatures.some((cosignature) => cosignature.witness === witness);
  if (!isTold && copy.attested != null) await book.cosign(copy.size, witness, copy.attested.cosignature);
  return { size: copy.size, added: copy.size - before };
}

/** A checkpoint that is signed by a key that is trusted; keys that a trusted one has introduced are taken on. */
async function opened(told: ToldCheckpoint, copy: WitnessCopy): Promise<OpenedCheckpoint> {
  const known = copy.keys;
  const introductions = told.keys.flatMap(({ introduction }) => introduction ?? []);
  const [first] = told.keys;
  try {
    // Who has never seen the book believes its first key.
    const start: KeySpan[] =
      known.length > 0 || first == null ? known : [{ key: parseVerifierKey(first.key), from: 0 }];
    const keys = followKeys(start, introductions);
    const checkpoint = openSucceeded(told.note, keys);
    if (JSON.stringify(keys.map(told_)) !== JSON.stringify(known.map(told_))) await copy.trustKeys(keys);
    return checkpoint;
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
    throw new Violation(
      'NOT_TRUSTED',
      `The checkpoint is not to be trusted: ${error.message}. Where the book was given another key for a reason that you ` +
        'know, tell the witness with --trust.',
    );
  }
}

const told_ = ({ key, from, until }: KeySpan) => [formatVerifierKey(key), from, until];

function sentenceOf(finding: Finding, { size }: ToldCheckpoint, before: number): string {
  const told = String(size);
  const known = String(before);
  switch (finding.kind) {
    case 'ROLLED_BACK': {
      const rest = finding.from == null ? 'what is left is as it was' : differs(finding.from);
      return `The book was rolled back: it had ${known} entries, and now it has ${told}; ${rest}.`;
    }
    case 'FORKED':
      return finding.from == null
        ? `The book is forked: the checkpoint of ${told} entries is not that of the entries that the server gives out.`
        : `The book is forked: two checkpoints of ${told} entries are signed; ${differs(finding.from)}.`;
    case 'REWRITTEN':
      return `The book was rewritten: ${differs(finding.from)}.`;
    case 'CONSISTENT':
      return '';
  }
}

function differs(sequence: number): string {
  return `entry ${String(sequence)} is the first that is another one`;
}
