import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import type { EmbeddedEventStore } from '@chargebook/embedded-eventstore';
import { startEmbeddedEventStore } from '@chargebook/embedded-eventstore';
import { run } from './main';

const program = fileURLToPath(new URL('../bin/chargebook.mjs', import.meta.url));
const FACTS = 1_500;

/** A started program: what it said, and its end. */
const start = (...args: string[]) => {
  const child = spawn(process.execPath, [program, ...args], { stdio: 'ignore' });
  return { child, end: once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]> };
};

const sizeOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

describe('chargebook copy', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'chargebook-cli-copy-'));
  const source = path.join(folder, 'source');
  const inFolder = async <Value>(
    dataDirectory: string,
    use: (client: EventStoreDBClient) => Promise<Value>,
  ) => {
    const store = await startEmbeddedEventStore({ directory: path.join(dataDirectory, 'events') });
    const client = new EventStoreDBClient({ endpoint: store.endpoint }, { insecure: true });
    try {
      return await use(client);
    } finally {
      await client.dispose();
      await store.stop();
    }
  };
  const contentsOf = (dataDirectory: string) =>
    inFolder(dataDirectory, async (client) => {
      const events: unknown[] = [];
      for await (const { event } of client.readAll())
        events.push([
          event?.id,
          event?.streamId,
          Number(event?.revision),
          event?.type,
          event?.data,
          event?.metadata,
        ]);
      return events;
    });
  const copy = async (...args: string[]) => {
    let [out, complaints] = ['', ''];
    const code = await run(['copy', ...args], {
      stdout: { write: (text) => (out += text) },
      stderr: { write: (text) => (complaints += text) },
      env: {},
      nowMs: () => Date.now(),
      version: '1.2.3',
    });
    return { code, out, complaints };
  };
  beforeAll(async () => {
    await inFolder(source, async (client) => {
      const appends = Array.from({ length: FACTS }, (_, n) =>
        client.appendToStream(
          `charger-${String(n % 50)}`,
          jsonEvent({
            type: 'Tried',
            data: { n },
            metadata: { recordedAt: `2026-01-01T00:00:00.${String(n)}Z` },
          }),
        ),
      );
      await Promise.all(appends);
    });
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('killed in the middle, goes on where it was, and has everything in the end', async () => {
    const target = path.join(folder, 'target');
    const { child, end } = start('copy', '--from', source, '--to', target);
    while (sizeOf(path.join(target, 'events', 'events.mdb')) < 300_000 && child.exitCode == null)
      await pause(2);
    child.kill('SIGKILL');
    expect(await end).toEqual([null, 'SIGKILL']);
    const there = (await contentsOf(target)).length;
    expect(there).toBeGreaterThan(0);
    expect(there).toBeLessThan(FACTS);

    const { code, out } = await copy('--from', source, '--to', target);
    expect({ code, out }).toEqual({
      code: 0,
      out: `Copied and compared ${String(FACTS)} facts (${String(there)} were there before).\n`,
    });
    expect(await contentsOf(target)).toEqual(await contentsOf(source));
  });

  describe('with a server that runs', () => {
    const running = path.join(folder, 'running');
    let server: EmbeddedEventStore;
    beforeAll(async () => {
      mkdirSync(running, { recursive: true });
      server = await startEmbeddedEventStore({ directory: path.join(running, 'events') });
      writeFileSync(
        path.join(running, 'engines.json'),
        JSON.stringify({ eventStore: { endpoint: server.endpoint } }),
      );
      const client = new EventStoreDBClient({ endpoint: server.endpoint }, { insecure: true });
      await client.appendToStream('one', jsonEvent({ type: 'Tried', data: {} }));
      await client.dispose();
    });
    afterAll(() => server.stop());

    it('copies from it, and over its socket', async () => {
      const args = ['--to', path.join(folder, 'from-running')];
      expect(await copy('--from', running, ...args)).toMatchObject({
        code: 0,
        out: 'Copied and compared 1 facts.\n',
      });
      expect(await copy('--from', server.endpoint, ...args)).toMatchObject({ code: 0 });
    });

    it('refuses it as a target', async () => {
      expect(await copy('--from', source, '--to', running)).toEqual({
        code: 1,
        out: '',
        complaints: expect.stringContaining('stop it first'),
      });
    });

    it('refuses a target that holds something else', async () => {
      expect(await copy('--from', source, '--to', server.endpoint)).toMatchObject({
        code: 1,
        complaints: expect.stringContaining('another book'),
      });
    });
  });

  it('says what is wrong with an address', async () => {
    const nowhere = path.join(folder, 'nowhere');
    expect(await copy('--from', nowhere, '--to', source)).toMatchObject({
      code: 1,
      complaints: expect.stringContaining(`no book in ${nowhere}`),
    });
    expect(await copy('--from', source, '--to', `${source}/`)).toMatchObject({ code: 2 });
    expect(await copy('--from', source)).toMatchObject({ code: 2 });
  });
});
