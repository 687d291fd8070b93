import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  formatVerifierKey,
  generateSigner,
  leafHash,
  openSucceeded,
  parseVerifierKey,
  signatureOn,
} from '@chargebook/transparency';
import type { AuditRow } from './audit-copy';
import { AuditCopy } from './audit-copy';
import { AuditRecord, CosignatureRefusedError, spansOf } from './audit-record';
import type { SigningState } from './checkpoint-keeper';
import { CheckpointKeeper, NoCheckpointError, OtherKeyError } from './checkpoint-keeper';
import { BookChangedError } from './grown-tree';
import { KeysInMemory, TestTree } from './tree.fixtures';

let tree: TestTree;
let record: AuditRecord;
let keys: KeysInMemory;
let keeper: CheckpointKeeper;
let states: SigningState[];

beforeAll(async () => {
  tree = await TestTree.start();
  record = new AuditRecord(tree.database);
});
afterAll(() => tree.stop());

beforeEach(async () => {
  await tree.renew();
  keys = new KeysInMemory();
  states = [];
  keeper = new CheckpointKeeper(tree.database, keys, { onState: (state) => states.push(state) });
  await keeper.begin(true);
});

const sizes = async () =>
  (await tree.database.query<{ size: number }>('SELECT size FROM audit.checkpoint ORDER BY size')).map(
    ({ size }) => size,
  );

describe('checkpoints', () => {
  it('are signed with the key that was made for the book, and can be read with its public part', async () => {
    await tree.grow(300);
    const signed = await keeper.sign();

    const { origin, size, root } = openSucceeded(signed?.note ?? '', spansOf(await record.keys()));

    expect([origin, size]).toEqual([await record.origin(), 300]);
    expect(Buffer.from(root).toString('hex')).toBe(signed?.root);
    expect(origin).toMatch(/^chargebook\/[0-9a-f]{32}$/);
    expect(keys.next).toBeUndefined();
  });

  it('are signed once for each size, whoever does it at the same time', async () => {
    const others = [1, 2, 3].map(() => new CheckpointKeeper(tree.database, keys));
    for (const count of [1, 5, 260]) {
      await tree.grow(count);
      const signed = await Promise.all([keeper, ...others].map((one) => one.sign()));
      expect(new Set(signed.map((one) => one?.note)).size).toBe(1);
    }
    expect(await sizes()).toEqual([1, 6, 266]);
  });

  it('cover a sequence: the first that does, or one made at once', async () => {
    await tree.grow(10);
    expect((await keeper.checkpointFor(3)).size).toBe(10);
    await tree.grow(10);
    expect((await keeper.checkpointFor(10)).size).toBe(10);
    expect((await keeper.checkpointFor(11)).size).toBe(20);
    expect((await keeper.checkpointFor(0)).size).toBe(10);
    await expect(keeper.checkpointFor(21)).rejects.toThrow(NoCheckpointError);
  });

  it('are signed as facts come; a process without the key has them signed by others', async () => {
    await tree.grow(2);
    const stopping = new AbortController();
    const running = keeper.run(stopping.signal);
    const keyless = new CheckpointKeeper(tree.database, new KeysInMemory());
    await keyless.begin(false);
    expect(keyless.state.kind).toBe('NO_KEY');

    expect((await keyless.checkpointFor(2)).size).toBe(2);
    await tree.grow(3);
    expect((await keyless.checkpointFor(5)).size).toBe(5);

    stopping.abort();
    await running;
  });

  it('are not signed over a tree that has not grown out of the last one', async () => {
    await tree.grow(400);
    const signed = await keeper.sign();
    const leaves = await tree.become([]);
    const forged = leafHash('forged');

    for (const rewritten of [
      leaves.with(0, forged),
      leaves.with(399, forged),
      [...leaves.with(300, forged), forged],
      leaves.slice(0, 399),
      [],
      leaves.toSpliced(7, 1),
    ]) {
      await tree.become(rewritten);
      await expect(keeper.sign()).rejects.toThrow(BookChangedError);
      expect(keeper.state.kind).toBe('REFUSED');
      await expect(keeper.checkpointFor(401)).rejects.toThrow(NoCheckpointError);
    }
    expect(await sizes()).toEqual([400]);

    await tree.become([...leaves, leafHash('later')]);
    expect((await keeper.sign())?.size).toBe(401);
    expect(states.map(({ kind }) => kind)).toEqual([
      'SIGNING',
      'REFUSED',
      'REFUSED',
      'REFUSED',
      'REFUSED',
      'SIGNING',
    ]);
    expect(signed?.size).toBe(400);
  });
});

describe('the key of a book', () => {
  it('is the one of its checkpoints: a process that has another does not begin', async () => {
    const other = new CheckpointKeeper(tree.database, KeysInMemory.withAnother());
    await expect(other.begin(true)).rejects.toThrow(OtherKeyError);
    await tree.grow(1);
    await expect(other.sign()).rejects.toThrow(OtherKeyError);
    expect(await sizes()).toEqual([]);
  });

  it('is the one that lies there, where the book has none yet', async () => {
    await tree.renew();
    const there = KeysInMemory.withAnother();
    const { present } = there;
    await new CheckpointKeeper(tree.database, there).begin(true);
    expect(there.present).toBe(present);
    expect(await record.keys()).toHaveLength(1);
  });

  it('is rotated so that who knows the first one can follow', async () => {
    const first = keys.present;
    await tree.grow(5);
    await keeper.rotate();
    await tree.grow(5);
    await keeper.rotate();
    await tree.grow(5);
    const signed = await keeper.sign();

    const spans = spansOf(await record.keys());

    expect(spans.map(({ from, until }) => [from, until])).toEqual([
      [0, 5],
      [5, 10],
      [10, undefined],
    ]);
    expect(openSucceeded(signed?.note ?? '', spans).size).toBe(15);
    expect(keys.present).not.toBe(first);
  });

  it('is found again where a process died in the middle of rotating it', async () => {
    await tree.grow(5);
    keys.crashesBeforeReplacing = true;
    await expect(keeper.rotate()).rejects.toThrow('the process is gone');
    keys.crashesBeforeReplacing = false;
    const next = keys.next;

    const again = new CheckpointKeeper(tree.database, keys);
    await again.begin(true);

    expect(keys.present).toBe(next);
    await tree.grow(1);
    expect((await again.sign())?.size).toBe(6);
  });

  it('that is lost is followed by one that nobody can follow to', async () => {
    await tree.grow(5);
    await keeper.sign();
    const another = new CheckpointKeeper(tree.database, new KeysInMemory());
    await expect(another.rotate()).rejects.toThrow(NoCheckpointError);
    await expect(keeper.rotate(true)).rejects.toThrow(/take that file away/);

    const booked = await another.rotate(true);

    expect(booked).toHaveLength(2);
    expect(spansOf(booked)).toHaveLength(1);
    await tree.grow(1);
    const signed = await another.sign();
    const told = [{ key: parseVerifierKey(booked[1]?.key ?? ''), from: 5 }];
    expect(openSucceeded(signed?.note ?? '', told).size).toBe(6);
  });
});

describe('what witnesses send', () => {
  const witness = generateSigner('witness/harbour', 'WITNESS');
  const textOf = (note: string) => note.slice(0, note.indexOf('\n\n') + 1);

  it('is kept beside the checkpoint', async () => {
    await tree.grow(3);
    const { note } = await keeper.checkpointFor(3);
    const line = signatureOn(textOf(note), witness, new Date('2026-05-04T10:00:00Z'));

    await record.cosign(3, formatVerifierKey(witness), line);
    await record.cosign(3, formatVerifierKey(witness), line);

    expect((await record.latest())?.cosignatures).toEqual([
      { witness: formatVerifierKey(witness), line, seenAt: '2026-05-04T10:00:00.000Z' },
    ]);
  });

  it('is refused where it is not on that checkpoint, or not by that witness', async () => {
    await tree.grow(3);
    const { note } = await keeper.checkpointFor(3);
    const line = signatureOn(textOf(note), witness);
    const other = generateSigner('witness/harbour', 'WITNESS');
    const book = generateSigner('chargebook/other');
    for (const [size, key, said] of [
      [4, witness, line],
      [3, other, line],
      [3, witness, signatureOn(textOf(note).replace('3', '4'), witness)],
      [3, book, signatureOn(textOf(note), book)],
      [3, witness, 'nothing'],
      [3, witness, `${line}${line}`],
    ] as const)
      await expect(record.cosign(size, formatVerifierKey(key), said)).rejects.toThrow(
        CosignatureRefusedError,
      );
    await expect(record.cosign(3, 'no key', line)).rejects.toThrow(CosignatureRefusedError);
    expect((await record.latest())?.cosignatures).toEqual([]);
  });
});

describe('a copy of what the book has said', () => {
  it('takes the place of what an empty book was to say, once', async () => {
    await tree.grow(3);
    const { note } = await keeper.checkpointFor(3);
    await keeper.rotate();
    const copy = new AuditCopy(tree.database);
    const rows: AuditRow[] = [];
    for await (const row of copy.rows()) rows.push(row);
    const [origin, booked] = [await record.origin(), await record.keys()];
    await tree.renew();

    for (const row of [...rows, ...rows]) await copy.keep(row, true);

    expect(await record.origin()).toBe(origin);
    expect(await record.keys()).toEqual(booked);
    expect((await record.latest())?.note).toBe(note);
    await tree.renew();
    await expect(copy.keep(rows[0]!, false)).rejects.toThrow(/restore into an empty book/);
  });
});
