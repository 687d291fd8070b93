import { describe, expect, it } from '@jest/globals';
import { signCheckpoint } from './checkpoint';
import { sha256 } from './hashes';
import type { KeySpan } from './key-succession';
import { followKeys, introduceKey, openSucceeded } from './key-succession';
import { formatVerifierKey, generateSigner, NoteError } from './signed-note';

const ORIGIN = 'chargebook/harbour';
const [first, second, third] = [generateSigner(ORIGIN), generateSigner(ORIGIN), generateSigner(ORIGIN)];
const at = (size: number) => ({ origin: ORIGIN, size, root: sha256(String(size)) });
const KNOWN: readonly KeySpan[] = [{ key: first, from: 0 }];
const told = (spans: readonly KeySpan[]) =>
  spans.map(({ key, from, until }) => [formatVerifierKey(key), from, until]);

describe('the keys of a book', () => {
  it('are followed from one that is known to the present one', () => {
    const introductions = [introduceKey(at(10), second, first), introduceKey(at(20), third, second)];
    expect(told(followKeys(KNOWN, introductions))).toEqual([
      [formatVerifierKey(first), 0, 10],
      [formatVerifierKey(second), 10, 20],
      [formatVerifierKey(third), 20, undefined],
    ]);
    const fromSecond = followKeys([{ key: second, from: 10 }], introductions);
    expect(told(fromSecond).at(-1)).toEqual([formatVerifierKey(third), 20, undefined]);
  });

  it('are not followed where the key before has not signed', () => {
    expect(followKeys(KNOWN, [introduceKey(at(10), second)])).toEqual(KNOWN);
    expect(followKeys(KNOWN, [introduceKey(at(10), second, third)])).toEqual(KNOWN);
  });

  it('are not followed to a second successor, nor to the key of another book', () => {
    const twice = [introduceKey(at(10), second, first), introduceKey(at(11), third, first)];
    expect(followKeys(KNOWN, twice)).toHaveLength(2);
    const foreign = generateSigner('chargebook/other');
    expect(followKeys(KNOWN, [introduceKey(at(10), foreign, first)])).toEqual(KNOWN);
  });

  it('sign no checkpoints beyond their time', () => {
    const keys = followKeys(KNOWN, [introduceKey(at(10), second, first)]);
    expect(openSucceeded(signCheckpoint(at(9), first), keys).size).toBe(9);
    expect(openSucceeded(signCheckpoint(at(11), second), keys).size).toBe(11);
    expect(() => openSucceeded(signCheckpoint(at(11), first), keys)).toThrow(NoteError);
    expect(() => openSucceeded(signCheckpoint(at(9), second), keys)).toThrow(NoteError);
  });

  it('are not followed by an introduction that was changed', () => {
    const changed = introduceKey(at(10), second, first).replace('\n10\n', '\n12\n');
    expect(() => followKeys(KNOWN, [changed])).toThrow(NoteError);
  });
});
