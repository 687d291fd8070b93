import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventStoreDBClient, JSONEventData } from '@eventstore/db-client';
import { clientOf, collect, counted, temporaryFolder } from './event-store.fixtures';
import { spawnServer, type ServerProcess } from './server-process.fixtures';

const WRITERS = 6;
/** A sample; the torture has 1,000. */
const ROUNDS =
  process.env['TORTURE_SCALE'] == null ? 6 : Math.ceil(1_000 * Number(process.env['TORTURE_SCALE']));
const seed = fc.readConfigureGlobal()?.seed ?? Date.now();

/** A writer that appends to a stream of its own, and what it knows of it. */
interface Writer {
  stream: string;
  /** Ids of the events that were acknowledged, in order. */
  acknowledged: string[];
  /** How many of them were found on disk after an earlier kill. */
  found: number;
  /** What was under way when the server died: written whole, or not at all. */
  inFlight: JSONEventData[];
}

function acknowledgedBy(writers: readonly Writer[]): number {
  return writers.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0);
}

describe('a server that is killed', () => {
  let directory: string;
  let server: ServerProcess;
  let client: EventStoreDBClient;
  const start = async (): Promise<void> => {
    server = await spawnServer({ directory });
    client = clientOf(server.greeting.endpoint!);
  };
  beforeEach(async () => {
    directory = temporaryFolder();
    await start();
  });
  afterEach(async () => {
    await client.dispose();
    await server.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  });

  const appendUntilKilled = async (writer: Writer): Promise<void> => {
    try {
      for (let n = 0; ; n++) {
        if (writer.inFlight.length === 0) writer.inFlight = counted(1 + (n % 3));
        const revision = writer.acknowledged.length - 1;
        const expectedRevision = revision < 0 ? 'no_stream' : BigInt(revision);
        await client.appendToStream(writer.stream, writer.inFlight, { expectedRevision });
        writer.acknowledged.push(...writer.inFlight.map(({ id }) => id));
        writer.inFlight = [];
      }
    } catch {
      // The server is gone: whether the batch in flight was written is not known.
    }
  };

  /** Ids from a revision on; the revisions are without a gap. */
  const idsFrom = async (stream: string, revision: number): Promise<string[]> => {
    const ids: string[] = [];
    for (const { event } of await collect(client.readStream(stream, { fromRevision: BigInt(revision) }))) {
      expect(event!.revision).toBe(BigInt(revision + ids.length));
      ids.push(event!.id);
    }
    return ids;
  };

  /** After a kill: what was acknowledged is there, what was under way is there whole or not at all. */
  const checkWriter = async (writer: Writer): Promise<void> => {
    const { stream, acknowledged, inFlight, found } = writer;
    const ids = await idsFrom(stream, found).catch(() => []);
    const expected = acknowledged.slice(found);
    expect(ids.slice(0, expected.length)).toEqual(expected);
    expect([[], inFlight.map(({ id }) => id)]).toContainEqual(ids.slice(expected.length));
    writer.found = acknowledged.length;
  };

  const checkAll = async (): Promise<number> => {
    const all = (await collect(client.readAll())).map(({ event }) => event!);
    const positions = all.map(({ position }) => position!.commit);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(positions).toEqual([...positions].sort((a, b) => Number(a - b)));
    return all.length;
  };

  it('has lost nothing that it acknowledged, and written nothing twice or in part', async () => {
    const writers = Array.from({ length: WRITERS }, (_, n): Writer => {
      return { stream: `writer-${n}`, acknowledged: [], found: 0, inFlight: [] };
    });
    const instantsMs = fc.sample(fc.integer({ min: 0, max: 250 }), { numRuns: ROUNDS, seed });
    for (const [round, instantMs] of instantsMs.entries()) {
      const writing = Promise.all(writers.map(appendUntilKilled));
      // A busy machine takes its time for the first answers.
      const before = acknowledgedBy(writers);
      let haveEnded = false;
      void writing.then(() => (haveEnded = true));
      while (acknowledgedBy(writers) === before && !haveEnded) await delay(2);
      // Not a wait for anything: the instant of the kill is the input.
      await delay(instantMs);
      await server.kill('SIGKILL');
      await writing;
      await client.dispose();
      await start();
      for (const writer of writers) await checkWriter(writer);
      if (round % 100 === 0) await checkAll();
    }
    for (const writer of writers) await checkWriter({ ...writer, found: 0 });
    const events = await checkAll();
    if (process.env['TORTURE_SCALE'] != null)
      process.stdout.write(`${ROUNDS} kills, ${events} events of ${WRITERS} writers, seed ${seed}\n`);
    expect(acknowledgedBy(writers)).toBeGreaterThanOrEqual(ROUNDS);
  }, 7_200_000);

  it('recognises a writer that repeats itself, with and without an expectation', async () => {
    const batches = [counted(3), counted(3)];
    const [exact, any] = batches;
    const first = [
      await client.appendToStream('exact', exact!, { expectedRevision: 'no_stream' }),
      await client.appendToStream('any', any!),
    ];
    await server.kill('SIGKILL');
    await client.dispose();
    await start();
    const again = [
      await client.appendToStream('exact', exact!, { expectedRevision: 'no_stream' }),
      await client.appendToStream('any', any!),
    ];
    expect(again).toEqual(first);
    expect(await collect(client.readAll())).toHaveLength(6);
  });

  it('leaves a directory that the next one can take, and a socket that it can listen on', async () => {
    for (let round = 0; round < 3; round++) {
      await client.appendToStream('rounds', counted(1));
      await server.kill('SIGKILL');
      await client.dispose();
      await start();
    }
    expect(await collect(client.readStream('rounds'))).toHaveLength(3);
  });

  it('stops in good order when it is told to: what was sent is written and answered', async () => {
    const appends = Array.from({ length: 50 }, async (_, n) =>
      client.appendToStream(`last-${n}`, counted(1)),
    );
    await appends[0];
    await server.kill('SIGTERM');
    const outcomes = await Promise.allSettled(appends);
    const acknowledged = outcomes.filter(({ status }) => status === 'fulfilled').length;
    await client.dispose();
    await start();
    expect((await collect(client.readAll())).length).toBeGreaterThanOrEqual(acknowledged);
    expect(acknowledged).toBeGreaterThan(0);
  });
});
