// The import of a city's sessions by the command line into an empty book, until everything is projected, beside bare durable appends
// of the very same facts through the client in the same run: each alone, and those of a stream together.
//   npm run bench -- import [runs] [sessions]   # fewer sessions than Hamburg's are made up
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import type { NewFact } from '@chargebook/domain';
import { startEmbeddedEventStore } from '@chargebook/embedded-eventstore';
import { connectEventStore } from '@chargebook/event-store';
import { BookServer } from './book-server';
import { hamburgFile } from './hamburg-file';
import { rounded, say, timingOf } from './timing';

const RUNS = Number(process.argv[2] ?? 5);
const SESSIONS = process.argv[3] == null ? undefined : Number(process.argv[3]);
/** As many as the command line has requests under way. */
const WRITERS = 8;
const MOST_TOGETHER = 500;

type Streams = ReadonlyMap<string, readonly NewFact[]>;

const directory = await mkdtemp(path.join(tmpdir(), 'chargebook-bench-'));
try {
  const { file, isReal } = await hamburgFile(directory, SESSIONS);
  say(
    `${cpus()[0]?.model ?? ''}, ${String(cpus().length)} cores; Node ${process.version}; median of ${String(RUNS)}`,
  );
  if (!isReal) say("Hamburg's file is not here, or not asked for: this one is made up, of the same shape");
  await measure(file);
} finally {
  await rm(directory, { recursive: true, force: true });
}

async function measure(file: string): Promise<void> {
  const [answered, projected, server, alone, together] = Array.from({ length: 5 }, () => [] as number[]);
  let facts = 0;
  for (let run = 0; run < RUNS; run += 1) {
    const book = path.join(directory, `book-${String(run)}`);
    const took = await imported(file, book);
    answered?.push(took.answeredMs);
    projected?.push(took.projectedMs);
    server?.push(took.processorMs);
    const streams = await factsOf(path.join(book, 'events'));
    facts = [...streams.values()].reduce((sum, { length }) => sum + length, 0);
    await rm(book, { recursive: true });
    alone?.push(await appended(streams, 1));
    together?.push(await appended(streams, MOST_TOGETHER));
  }
  const [answeredMs, projectedMs, serverMs, aloneMs, togetherMs] = [
    answered,
    projected,
    server,
    alone,
    together,
  ].map((tookMs) => timingOf('', tookMs ?? []).medianMs) as [number, number, number, number, number];
  const perSecond = (tookMs: number) =>
    `${rounded(tookMs / 1_000)} s, ${rounded((facts * 1_000) / tookMs)} facts/s`;
  say(
    `${String(facts)} facts: imported and projected in ${perSecond(projectedMs)}; the command ended after ${rounded(answeredMs / 1_000)} s; ` +
      `${rounded((serverMs * 1_000) / facts)} µs of the server's processor a fact, PostgreSQL's not in it`,
  );
  for (const [name, tookMs] of [
    ['each alone', aloneMs],
    ["a stream's together", togetherMs],
  ] as const)
    say(`  bare appends, ${name}: ${perSecond(tookMs)}; ratio ${rounded(tookMs / projectedMs)}`);
}

/** Imports the file as a user does, into a server on an empty book, which is stopped then. */
async function imported(file: string, book: string) {
  const server = await BookServer.start(book);
  try {
    const before = await server.processorMs();
    const beganMs = performance.now();
    await runImport(file, server);
    const answeredMs = performance.now() - beganMs;
    // Nothing is told any more.
    await server.caughtUp();
    const projectedMs = performance.now() - beganMs;
    return { answeredMs, projectedMs, processorMs: (await server.processorMs()) - before };
  } finally {
    await server.stop();
  }
}

async function runImport(file: string, server: BookServer): Promise<void> {
  const args = ['import', 'sessions', file, '--time-zone', 'Europe/Berlin'];
  const rejects = path.join(directory, 'rejects.csv');
  const child = spawn(process.execPath, ['tools/cli/bin/chargebook.mjs', ...args, '--rejects', rejects], {
    env: {
      ...process.env,
      CHARGEBOOK_URL: `${server.url}/graphql`,
      CHARGEBOOK_TOKEN: server.token,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  // Its progress is told there too.
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => (said += part));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`the import ended with ${String(code)}: ${said.slice(-500)}`);
}

/** All facts that an event store has kept, by stream. */
async function factsOf(events: string): Promise<Streams> {
  const engine = await startEmbeddedEventStore({ directory: events });
  const store = connectEventStore({ endpoint: engine.endpoint });
  const head = await store.head();
  const streams = new Map<string, NewFact[]>();
  for await (const { entries, position } of store.follow({ signal: new AbortController().signal })) {
    for (const { written, content } of entries) {
      if (!('fact' in content)) throw new Error(content.unreadable.problem);
      const others = streams.get(written.stream);
      if (others == null) streams.set(written.stream, [content.fact]);
      else others.push(content.fact);
    }
    if (head == null || position >= head) break;
  }
  await store.close();
  await engine.stop();
  return streams;
}

/** How long writers take, each of which has its streams and appends one after the other, in milliseconds. */
async function appended(streams: Streams, most: number): Promise<number> {
  const events = path.join(directory, 'bare');
  const engine = await startEmbeddedEventStore({ directory: events });
  const store = connectEventStore({ endpoint: engine.endpoint });
  const left = [...streams].values();
  const beganMs = performance.now();
  await Promise.all(
    Array.from({ length: WRITERS }, async () => {
      for (const [stream, facts] of left) {
        for (let next = 0; next < facts.length; next += most)
          await store.append(stream, facts.slice(next, next + most), next === 0 ? 'NO_STREAM' : next - 1);
      }
    }),
  );
  const tookMs = performance.now() - beganMs;
  await store.close();
  await engine.stop();
  await rm(events, { recursive: true });
  return tookMs;
}
