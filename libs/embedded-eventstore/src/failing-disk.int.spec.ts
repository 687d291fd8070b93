import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { binaryEvent } from '@eventstore/db-client';
import { EventStoreDamagedError, startEmbeddedEventStore } from './embedded-eventstore';
import { clientOf, collect, counted, openTestStore, temporaryFolder } from './event-store.fixtures';
import { spawnServer } from './server-process.fixtures';

/** A process under this limit fails to write a file beyond a size, as it would on a full disk. */
const LIMIT_FILE_SIZE = 'ulimit -S -f 4000';

/**
 * LMDB writes its state through a handle of its own, which writes to the disk at once. Every write to that handle fails
 * from here on: a full device takes its number.
 */
function breakStateFile(file: string): void {
  const handles = readdirSync('/proc/self/fd').filter((handle) => {
    const isFile = existsSync(`/proc/self/fd/${handle}`) && readlinkSync(`/proc/self/fd/${handle}`) === file;
    const flags = isFile
      ? /flags:\s+(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${handle}`, 'utf8'))?.[1]
      : undefined;
    return flags != null && (Number.parseInt(flags, 8) & constants.O_DSYNC) !== 0;
  });
  expect(handles).toHaveLength(1);
  closeSync(Number(handles[0]));
  expect(openSync('/dev/full', 'w')).toBe(Number(handles[0]));
}

/** Zeroes four pages, somewhere. */
function overwrite(file: string, where: number): void {
  const bytes = readFileSync(file);
  const at = Math.floor((bytes.length * where) / 4096) * 4096;
  bytes.fill(0, at, at + 4 * 4096);
  writeFileSync(file, bytes);
}

describe('a disk that fails', () => {
  let directory: string;
  beforeEach(() => {
    directory = temporaryFolder();
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const large = (): ReturnType<typeof binaryEvent> =>
    binaryEvent({ type: 'large', data: Buffer.alloc(200_000, 1) });

  it('that is full refuses the append, keeps what is there, and goes on when there is room again', async () => {
    const server = await spawnServer({ directory }, LIMIT_FILE_SIZE);
    const client = clientOf(server.greeting.endpoint!);
    const written: string[] = [];
    let refusal: unknown;
    for (let n = 0; n < 50 && refusal == null; n++) {
      const event = large();
      await client.appendToStream('large', event).then(
        () => written.push(event.id),
        (error: unknown) => (refusal = error),
      );
    }
    expect(refusal).toMatchObject({
      message: expect.stringMatching(/Input\/output error|File too large/),
    });
    expect(written.length).toBeGreaterThan(1);
    const idsIn = async (reader = client): Promise<string[]> =>
      (await collect(reader.readStream('large'))).map(({ event }) => event!.id);
    expect(await idsIn()).toEqual(written);

    execFileSync('prlimit', ['--pid', String(server.pid), '--fsize=unlimited']);
    const later = large();
    await client.appendToStream('large', later, { expectedRevision: BigInt(written.length - 1) });
    expect(await idsIn()).toEqual([...written, later.id]);
    await client.dispose();
    await server.kill('SIGKILL');

    const restarted = await openTestStore({ directory });
    expect(await idsIn(restarted.client)).toEqual([...written, later.id]);
    await restarted.close();
  });

  it('that did not take the state of the store refuses the append, and takes the next', async () => {
    const store = await openTestStore({ directory });
    await store.client.appendToStream('kept', counted(3));
    breakStateFile(path.join(directory, 'events.mdb'));
    await expect(store.client.appendToStream('lost', counted(1))).rejects.toThrow(/No space left/);
    await store.client.appendToStream('kept', counted(2), { expectedRevision: 2n });
    expect(await collect(store.client.readAll())).toHaveLength(5);
    await store.restart();
    expect(await collect(store.client.readAll())).toHaveLength(5);
    await store.close(false);
  });

  it('that lost the file ends the server, which says why', async () => {
    const server = await startEmbeddedEventStore({ directory });
    const client = clientOf(server.endpoint);
    await client.appendToStream('stream', counted(3));
    breakStateFile(path.join(directory, 'events.mdb'));
    rmSync(path.join(directory, 'events.mdb'));
    await expect(client.appendToStream('stream', counted(1))).rejects.toThrow();
    await expect(server.ended).rejects.toMatchObject({
      code: 'FAILED',
      message: expect.stringContaining('missing'),
    });
    await client.dispose();
    await server.stop();
  });

  describe('and left its file damaged', () => {
    let file: string;
    beforeEach(async () => {
      const store = await openTestStore({ directory });
      for (let n = 0; n < 20; n++) await store.client.appendToStream(`stream-${n}`, counted(50));
      await store.client.appendToStream('large', large());
      await store.close(false);
      file = path.join(directory, 'events.mdb');
    });

    it.each([
      ['cut short', () => truncateSync(file, statSync(file).size / 2)],
      ['cut short by its last page', () => truncateSync(file, statSync(file).size - 4096)],
      ['one page', () => truncateSync(file, 4096)],
      ['empty', () => truncateSync(file, 0)],
      ['overwritten in the middle', () => overwrite(file, 0.5)],
      ['not a store at all', () => writeFileSync(file, 'Dear diary, '.repeat(1000))],
    ])('is detected when it is %s', async (_name, damage) => {
      damage();
      const damaged = readFileSync(file);
      const refusal = await startEmbeddedEventStore({ directory }).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(EventStoreDamagedError);
      expect(refusal).toMatchObject({ code: 'DAMAGED', message: expect.stringContaining(file) });
      expect(readFileSync(file).equals(damaged)).toBe(true);
    });

    it('is detected when its file is gone', async () => {
      rmSync(file);
      await expect(startEmbeddedEventStore({ directory })).rejects.toBeInstanceOf(EventStoreDamagedError);
    });

    it('never serves an event that is not as it was written', async () => {
      const at = readFileSync(file).indexOf('"n":7');
      const change = (text: string): void => {
        const handle = openSync(file, 'r+');
        writeSync(handle, text, at);
        closeSync(handle);
      };
      const store = await openTestStore({ directory });
      change('"n":8');
      await expect(collect(store.client.readAll())).rejects.toThrow(/DATA_LOSS.*checksum/);
      change('"n":7');
      expect(await collect(store.client.readAll())).toHaveLength(1001);
      change('"n":8');
      await store.close(false);
      await expect(startEmbeddedEventStore({ directory })).rejects.toBeInstanceOf(EventStoreDamagedError);
    });
  });
});
