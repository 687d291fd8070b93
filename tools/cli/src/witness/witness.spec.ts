import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { generateSigner, leafOfTold } from '@chargebook/transparency';
import { BookOfTests, entryOf, WitnessFolder } from './book.fixtures';
import { differencesOf } from './check';
import { followOnce } from './follow';
import type { Violation } from './violation';
import { WitnessCopy } from './witness-copy';

let book: BookOfTests;
let folder: WitnessFolder;

beforeEach(() => {
  folder = new WitnessFolder();
  book = new BookOfTests();
  book.record('a', 'b', 'c', 'd', 'e');
});
afterEach(() => {
  folder.remove();
});

const nowMs = () => Date.parse('2026-05-04T10:00:00Z');

async function look() {
  const copy = await WitnessCopy.open(folder.path, 'witness/tests');
  try {
    return await followOnce(book, copy, nowMs);
  } finally {
    await copy.close();
  }
}

async function violation(): Promise<{ kind?: string; exitCode?: number; message?: string }> {
  return look().then(
    () => ({}),
    (fault: unknown) => fault as Violation,
  );
}

async function check() {
  const copy = await WitnessCopy.open(folder.path);
  const differences = await differencesOf(book, copy);
  await copy.close();
  return differences.map(({ where, what }) => `${where} ${what}`);
}

/** The book signs what it does not show. */
function tellOtherwise(): void {
  book.record('f');
  const shown = book.allEntries().map(leafOfTold);
  book.facts = book.facts.with(1, 'x');
  book.inTree = shown;
}

describe('a witness', () => {
  it('takes in what came since it looked last, and cosigns each checkpoint once', async () => {
    expect(await look()).toEqual({ size: 5, added: 5 });
    expect(book.cosignatures).toHaveLength(1);
    expect(await look()).toEqual({ size: 5, added: 0 });
    expect(book.cosignatures).toHaveLength(1);
    book.record('f', 'g');
    expect(await look()).toEqual({ size: 7, added: 2 });
    expect(book.cosignatures[0]?.line).toContain('witness/tests');
    expect(await check()).toEqual([]);
  });

  it('sends its word again where it did not arrive', async () => {
    await look();
    book.cosignatures = [];
    await look();
    expect(book.cosignatures).toHaveLength(1);
  });

  it('goes on from its last checkpoint wherever it was killed', async () => {
    await look();
    const [leaves, checkpoints] = [folder.read('leaves'), folder.read('checkpoints')];
    folder.write('leaves', Buffer.alloc(77, 1), 'a');
    folder.write('checkpoints', '{"note":"chargeb', 'a');
    expect(await look()).toEqual({ size: 5, added: 0 });
    expect([folder.read('leaves'), folder.read('checkpoints')]).toEqual([leaves, checkpoints]);
    folder.write('checkpoints', '{"note":"chargeb', 'a');
    book.record('f');
    expect(await look()).toEqual({ size: 6, added: 1 });
  });

  it('keeps nothing of leaves that break off, in one process as in the next', async () => {
    await look();
    book.record('f', 'g', 'h');
    const copy = await WitnessCopy.open(folder.path);
    let pieces = 0;
    book.onLeaves = () => {
      pieces += 1;
      if (pieces === 2) throw new Error('the line broke');
    };
    await expect(followOnce(book, copy, nowMs)).rejects.toThrow('the line broke');
    expect(copy.size).toBe(5);
    expect(await followOnce(book, copy, nowMs)).toEqual({ size: 8, added: 3 });
    await copy.close();
    expect(await check()).toEqual([]);
  });

  it('does not listen to a server that goes on and on', async () => {
    await look();
    book.record('f');
    let pieces = 0;
    book.onLeaves = () => {
      pieces += 1;
    };
    book.inTree = Array.from({ length: 50_000 }, () => new Uint8Array(32));
    expect((await violation()).kind).toBe('REWRITTEN');
    expect(pieces).toBeLessThan(10);
  });

  it('follows the book to other keys', async () => {
    await look();
    book.rotateKey();
    book.record('f');
    book.rotateKey();
    book.record('g');
    expect(await look()).toEqual({ size: 7, added: 2 });
  });

  it.each<[what: string, kind: string, code: number, forge: () => void, says: RegExp]>([
    [
      'cut off',
      'ROLLED_BACK',
      3,
      () => (book.facts = ['a', 'b', 'c']),
      /had 5 entries.* 3; what is left is as it was/,
    ],
    ['cut off and edited', 'ROLLED_BACK', 3, () => (book.facts = ['a', 'x', 'c']), /entry 2 is the first/],
    [
      'forked',
      'FORKED',
      4,
      () => (book.facts = ['a', 'b', 'x', 'd', 'e']),
      /two checkpoints.*entry 3 is the first/,
    ],
    [
      'rewritten',
      'REWRITTEN',
      5,
      () => (book.facts = ['x', 'b', 'c', 'd', 'e', 'f']),
      /entry 1 is the first/,
    ],
    [
      'signed otherwise than it is told',
      'FORKED',
      4,
      tellOtherwise,
      /not that of the entries that the server gives out/,
    ],
  ])(
    'finds a book that was %s, keeps the proof, and holds on to what it knows',
    async (...[, kind, code, forge, says]) => {
      await look();
      const kept = [folder.read('leaves'), folder.read('checkpoints')];
      forge();
      const found = await violation();
      expect([found.kind, found.exitCode]).toEqual([kind, code]);
      expect(found.message).toMatch(says);
      expect([folder.read('leaves'), folder.read('checkpoints')]).toEqual(kept);
      expect(readdirSync(folder.path).filter((name) => name.startsWith('evidence-'))).toHaveLength(1);
      expect((await violation()).kind).toBe(kind);
    },
  );

  it('does not trust what the key of its book has not signed', async () => {
    await look();
    const own = book.signers;
    book.signers = [generateSigner('chargebook/harbour')];
    expect((await violation()).kind).toBe('NOT_TRUSTED');
    book.signers = own;
    book.rotateKey(true);
    book.record('f');
    expect((await violation()).kind).toBe('NOT_TRUSTED');
  });

  it('finds that its own copy is damaged', async () => {
    await look();
    const leaves = folder.read('leaves');
    folder.write('leaves', leaves.subarray(0, -1));
    expect((await violation()).kind).toBe('COPY_DAMAGED');
    folder.write('leaves', Buffer.from(leaves).fill(1, 40, 44));
    expect((await violation()).kind).toBe('COPY_DAMAGED');
    folder.write('leaves', leaves);
    expect(await look()).toEqual({ size: 5, added: 0 });
  });
});

describe('a check', () => {
  beforeEach(async () => {
    await look();
  });

  it.each<[what: string, forge: () => void, found: string[]]>([
    ['nothing', () => undefined, []],
    [
      'an event',
      () => (book.inStore = book.allEntries().with(1, entryOf(2, 'x'))),
      ['event store has another entry 2 than was witnessed: Told of charger-x'],
    ],
    [
      'an event that is gone',
      () => (book.inStore = book.allEntries().slice(0, 4)),
      ['event store ends after 4 of 5 entries'],
    ],
    [
      'an event too many',
      () => (book.inStore = [entryOf(1, 'x'), ...book.allEntries()]),
      ['event store has another entry 1 than was witnessed: Told of charger-x'],
    ],
    [
      'an entry of the ledger',
      () => (book.inLedger = book.allEntries().toSpliced(2, 1)),
      ['ledger has entry 4 where 3 belongs'],
    ],
    [
      'the content of an entry',
      () => (book.inLedger = book.allEntries().map((entry) => ({ ...entry, content: `${entry.content} ` }))),
      ['ledger has another content in entry 1 than its head says'],
    ],
    [
      'a row',
      () =>
        (book.inStore = book
          .allEntries()
          .map((entry, nth) => (nth === 3 ? { ...entry, ledger: ['data'] } : entry))),
      ['ledger has another data in fact 4 than the event store gives'],
    ],
    [
      'a row that is gone',
      () =>
        (book.inStore = book
          .allEntries()
          .map((entry, nth) => (nth === 3 ? { ...entry, ledger: [] } : entry))),
      ['ledger has no fact 4'],
    ],
    [
      'a leaf',
      () => (book.inTree = book.allEntries().map(() => new Uint8Array(32))),
      ['tree has another leaf for entry 1'],
    ],
    [
      'the hashes above the leaves',
      () => (book.aboveTree = '00'),
      ['tree has the leaves that were witnessed, and other hashes above them'],
    ],
  ])('finds %s', async (_what, forge, found) => {
    forge();
    expect(await check()).toEqual(found);
  });
});
