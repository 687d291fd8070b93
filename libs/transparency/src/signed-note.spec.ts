import { describe, expect, it } from '@jest/globals';
import { openCheckpoint, signCheckpoint } from './checkpoint';
import { sha256 } from './hashes';
import {
  formatVerifierKey,
  generateSigner,
  NoteError,
  openNote,
  parseVerifierKey,
  pemOf,
  signatureOn,
  signerFromPem,
  signNote,
} from './signed-note';

const book = generateSigner('chargebook/harbour');
const witness = generateSigner('witness.example', 'WITNESS');
const TEXT = 'chargebook/harbour\n3\nAAAA\n';

describe('a signed note', () => {
  it('is read with the keys of those who signed it, and passes over others', () => {
    const note = signNote(TEXT, book, generateSigner('somebody'));
    expect(openNote(note, [parseVerifierKey(formatVerifierKey(book))])).toMatchObject({
      text: TEXT,
      signatures: [{ key: { name: 'chargebook/harbour', kind: 'BOOK' } }],
    });
    expect(openNote(note, []).signatures).toEqual([]);
  });

  it('is cosigned by a witness, with the time', () => {
    const at = new Date('2026-05-04T10:00:00Z');
    const note = signNote(TEXT, book) + signatureOn(TEXT, witness, at);
    expect(openNote(note, [witness, book]).signatures).toMatchObject([
      { key: { kind: 'BOOK' } },
      { key: { kind: 'WITNESS' }, at },
    ]);
  });

  it.each([
    ['another text', (note: string) => note.replace('\n3\n', '\n4\n')],
    ['a signature cut short', (note: string) => `${note.slice(0, -9)}\n`],
    ['no signatures', () => TEXT],
    ['another line among them', (note: string) => `${note}and more\n`],
  ])('is refused with %s', (_, change) => {
    expect(() => openNote(change(signNote(TEXT, book)), [book])).toThrow(NoteError);
  });

  it('has a key that is kept as a file', () => {
    const kept = signerFromPem('chargebook/harbour', 'BOOK', pemOf(book));
    expect(formatVerifierKey(kept)).toBe(formatVerifierKey(book));
    expect(openNote(signNote(TEXT, kept), [book]).signatures).toHaveLength(1);
  });

  it.each(['', 'a b', 'a+b', 'a\nb'])('has no key named %j', (name) => {
    expect(() => generateSigner(name)).toThrow(NoteError);
  });

  it.each(['', 'name', 'name+00000000+AAAA', formatVerifierKey(book).replace('harbour', 'harbor')])(
    'has no key told as %j',
    (told) => {
      expect(() => parseVerifierKey(told)).toThrow(NoteError);
    },
  );
});

describe('a checkpoint', () => {
  const checkpoint = { origin: 'chargebook/harbour', size: 3, root: sha256('root') };

  it('says what the book signed', () => {
    const opened = openCheckpoint(signCheckpoint(checkpoint, book), [book]);
    expect(opened).toMatchObject({ origin: 'chargebook/harbour', size: 3 });
    expect(Buffer.from(opened.root)).toEqual(Buffer.from(checkpoint.root));
  });

  it('is the word of its book alone', () => {
    const other = generateSigner('chargebook/other');
    expect(() => openCheckpoint(signCheckpoint(checkpoint, other), [other, book])).toThrow(
      /not signed by a known key/,
    );
    expect(() => openCheckpoint(signCheckpoint(checkpoint, witness), [witness])).toThrow(NoteError);
  });

  it.each(['chargebook/harbour\n3\n', 'chargebook/harbour\n-1\nAAAA\n', 'chargebook/harbour\n03\nAAAA\n'])(
    'is not read from %j',
    (text) => {
      expect(() => openCheckpoint(signNote(text, book), [book])).toThrow(NoteError);
    },
  );
});
