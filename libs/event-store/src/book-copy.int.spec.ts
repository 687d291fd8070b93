import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { binaryEvent } from '@eventstore/db-client';
import { startEmbeddedEventStore } from '@chargebook/embedded-eventstore';
import { bareClient } from './bare-client.fixtures';
import { copyBook, OtherBookError } from './book-copy';
import { eventsOf } from './book-events';
import { SHORT_PATIENCE } from './disturbed-store.fixtures';
import { aFact } from './envelope.fixtures';
import type { EventStore } from './event-store';
import { connectEventStore } from './eventstoredb';
import { UncopyableEventError } from './in-order-appends';
import { startProxy } from './proxy.fixtures';

describe('copying a book', () => {
  const endings: (() => Promise<unknown>)[] = [];
  const aServer = async (): Promise<{ endpoint: string; store: EventStore }> => {
    const directory = await mkdtemp(path.join(tmpdir(), 'chargebook-copy-'));
    const server = await startEmbeddedEventStore({ directory, isAppendOnly: true });
    const store = connectEventStore({ endpoint: server.endpoint });
    endings.push(async () => {
      await store.close();
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    });
    return { endpoint: server.endpoint, store };
  };
  const withClient = async <Value>(
    endpoint: string,
    use: (client: ReturnType<typeof bareClient>) => Promise<Value>,
  ): Promise<Value> => {
    const client = bareClient(endpoint);
    return use(client).finally(() => client.dispose());
  };
  /** All that is in a book but the positions. */
  const contents = async (endpoint: string): Promise<object[]> =>
    withClient(endpoint, async (client) => {
      const events: object[] = [];
      for await (const event of eventsOf(client, SHORT_PATIENCE)) events.push({ ...event, position: 0 });
      return events;
    });
  let from: Awaited<ReturnType<typeof aServer>>;
  let to: typeof from;

  /** Facts in several streams, now many of one, now one by one. */
  const write = async (store: EventStore, rounds: number): Promise<number> => {
    const revisions = new Map<string, number>();
    const appends: Promise<unknown>[] = [];
    let facts = 0;
    for (let round = 0; round < rounds; round += 1) {
      const stream = `site-${String(round % 7)}`;
      const count = round % 5 === 0 ? 30 : 1 + (round % 3);
      const last = revisions.get(stream) ?? -1;
      const batch = Array.from({ length: count }, (_, n) =>
        aFact({ data: { site: 'Ångström', name: 'x'.repeat(n * 100) } } as object),
      );
      appends.push(store.append(stream, batch, last < 0 ? 'NO_STREAM' : last));
      revisions.set(stream, last + count);
      facts += count;
    }
    await Promise.all(appends);
    return facts;
  };
  beforeEach(async () => {
    [from, to] = [await aServer(), await aServer()];
  });
  afterEach(async () => {
    for (const end of endings.splice(0)) await end();
  });
  const copy = (more: Partial<Parameters<typeof copyBook>[0]> = {}) =>
    copyBook({ from, to, ...more }, SHORT_PATIENCE);

  it('keeps every fact as it is, in the order of the whole book, and leaves out what is the store’s own', async () => {
    const facts = await write(from.store, 60);
    await withClient(from.endpoint, (client) => client.setStreamMetadata('site-1', { mine: true }));
    const told: number[] = [];
    const copied = await copy({ onProgress: ({ written, verified }) => told.push(written + verified) });
    expect(copied).toStrictEqual({ facts, present: 0, isSourceAhead: false });
    expect(await contents(to.endpoint)).toStrictEqual(await contents(from.endpoint));
    expect(told).toStrictEqual([...told].sort((a, b) => a - b));
    expect(await copy()).toStrictEqual({ facts, present: facts, isSourceAhead: false });
  });

  it('copies an empty book, and goes on with one that has grown', async () => {
    expect(await copy()).toStrictEqual({ facts: 0, present: 0, isSourceAhead: false });
    const first = await write(from.store, 10);
    await copy();
    await from.store.append('late', [aFact(), aFact()], 'NO_STREAM');
    expect(await copy()).toStrictEqual({ facts: first + 2, present: first, isSourceAhead: false });
  });

  it('goes on where it was broken off', async () => {
    const facts = await write(from.store, 200);
    const breaking = new AbortController();
    const broken = copy({
      signal: breaking.signal,
      onProgress: ({ written }) => {
        if (written > 0.5) breaking.abort();
      },
    });
    await expect(broken).rejects.toMatchObject({ name: 'AbortError' });
    const there = (await contents(to.endpoint)).length;
    expect(there).toBeGreaterThan(0);
    expect(there).toBeLessThan(facts);
    expect(await copy()).toStrictEqual({ facts, present: there, isSourceAhead: false });
    expect(await contents(to.endpoint)).toStrictEqual(await contents(from.endpoint));
  });

  it('goes on by itself when the wire to the target breaks', async () => {
    const facts = await write(from.store, 200);
    const proxy = await startProxy(to.endpoint);
    endings.unshift(() => proxy.stop());
    const cutsAt = [0.3, 0.6, 0.9];
    const copied = await copy({
      to: { endpoint: proxy.endpoint },
      onProgress: ({ written }) => {
        if (cutsAt[0] == null || written < cutsAt[0]) return;
        cutsAt.shift();
        proxy.cut();
      },
    });
    expect(cutsAt).toStrictEqual([]);
    expect(copied).toMatchObject({ facts });
    expect(await contents(to.endpoint)).toStrictEqual(await contents(from.endpoint));
  });

  it('says that the source went on meanwhile', async () => {
    const facts = await write(from.store, 20);
    let later: Promise<unknown> | undefined;
    const copied = await copy({
      onProgress: () => {
        later ??= from.store.append('late', [aFact()], 'NO_STREAM');
      },
    });
    await later;
    expect(copied).toStrictEqual({ facts, present: 0, isSourceAhead: true });
  });

  it.each<[string, () => Promise<unknown>]>([
    ['another book', () => write(to.store, 3)],
    [
      'the same facts in another order',
      async () => {
        const [one, other] = [aFact(), aFact()];
        await from.store.append('one', [one], 'NO_STREAM');
        await from.store.append('other', [other], 'NO_STREAM');
        await to.store.append('other', [other], 'NO_STREAM');
        await to.store.append('one', [one], 'NO_STREAM');
      },
    ],
    [
      'a fact that was changed',
      async () => {
        const one = aFact();
        await from.store.append('one', [one], 'NO_STREAM');
        await to.store.append(
          'one',
          [aFact({ eventId: one.eventId, metadata: { ...one.metadata, channel: 'IMPORT' } })],
          'NO_STREAM',
        );
      },
    ],
    [
      'more than the source',
      async () => {
        await copy();
        await to.store.append('more', [aFact()], 'NO_STREAM');
      },
    ],
  ])('refuses a target that holds %s, and leaves it as it is', async (_name, fill) => {
    await fill();
    await write(from.store, 5).catch(() => undefined);
    const before = await contents(to.endpoint);
    await expect(copy()).rejects.toBeInstanceOf(OtherBookError);
    expect(await contents(to.endpoint)).toStrictEqual(before);
  });

  it('notices that somebody else writes to the target', async () => {
    await write(from.store, 100);
    await from.store.append('last', [aFact()], 'NO_STREAM');
    let meddling: Promise<unknown> | undefined;
    const copied = copy({
      onProgress: () => {
        meddling ??= to.store.append('last', [aFact()], 'NO_STREAM');
      },
    });
    await expect(copied).rejects.toBeInstanceOf(OtherBookError);
    await meddling;
  });

  it('refuses what no Chargebook wrote', async () => {
    await withClient(from.endpoint, (client) =>
      client.appendToStream('raw', binaryEvent({ type: 'Raw', data: Buffer.from([1]) })),
    );
    await expect(copy()).rejects.toBeInstanceOf(UncopyableEventError);
  });
});
