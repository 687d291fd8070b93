// The embedded event store: durable appends, reads and catching up over its client and over the program's own adapter, beside the most
// that the client does with any server, the store without gRPC, raw LMDB, and Emmett on PostgreSQL in the same run, with what each costs
// this process; how soon a subscriber hears of an append; memory and restart with many events.
//   npm run bench -- event-store [seconds of appends] [events to read] [events in memory]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { connectEventStore } from '@chargebook/event-store';
import { NO_EMMETT } from './emmett';
import { appender, overTheAdapter } from './event-store-adapter';
import type { Subject } from './event-store-subjects';
import {
  againstAnswersOnly,
  emmettOnPostgres,
  overTheClient,
  rawLmdb,
  withoutGrpc,
} from './event-store-subjects';
import { rounded, say, timingOf } from './timing';

const [seconds = 3, eventsToRead = 100_000, eventsInMemory = 1_000_000] = process.argv.slice(2).map(Number);
const WRITERS = [1, 16, 64, 256];
const EVENTS_TOGETHER = 100;
const FILLING_WRITERS = 256;

const WARM_UP_WRITERS = 64;

const subjects = [
  overTheClient,
  () => againstAnswersOnly(eventsToRead),
  overTheAdapter,
  withoutGrpc,
  rawLmdb,
  emmettOnPostgres,
];
for (const make of subjects) {
  const subject = await make();
  if (subject == null) {
    say(NO_EMMETT);
    continue;
  }
  try {
    say(`\n${subject.name}`);
    // Whoever comes first is not to bear what it takes to compile everything.
    await appends(subject, WARM_UP_WRITERS, 1, () => undefined);
    for (const writers of WRITERS) await appends(subject, writers, 1);
    await appends(subject, 16, EVENTS_TOGETHER);
    await reads(subject);
  } finally {
    await subject.close();
  }
}
await subscriberLatency();
for (const streams of [1_000, eventsInMemory]) await memoryAndRestart(streams);

/** Writers that append one after the other, each to its stream. */
async function appends(subject: Subject, writers: number, events: number, tell = say): Promise<void> {
  const tookMs: number[] = [];
  const began = process.cpuUsage();
  const beganMs = performance.now();
  const untilMs = beganMs + seconds * 1_000;
  const write = async (writer: number) => {
    while (performance.now() < untilMs) {
      const sinceMs = performance.now();
      await subject.append(writer, events);
      tookMs.push(performance.now() - sinceMs);
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  const { medianMs, p99Ms } = timingOf('', tookMs);
  const perSecond = (tookMs.length * 1_000) / (performance.now() - beganMs);
  const what = events === 1 ? '' : ` of ${String(events)} events (${rounded(perSecond * events)} events/s)`;
  tell(
    `  ${String(writers)} writers: ${rounded(perSecond)} appends/s${what}, p50 ${rounded(medianMs)} ms, p99 ${rounded(p99Ms)} ms, ` +
      cpuSince(began, tookMs.length * events),
  );
}

/** Of all threads of this process: the client's, the server's, and those that write. */
function cpuSince(began: NodeJS.CpuUsage, events: number): string {
  const { user, system } = process.cpuUsage(began);
  return `${rounded((user + system) / events)} µs of CPU an event`;
}

async function reads({ append, readAll, catchUp }: Subject): Promise<void> {
  const count = readAll ?? catchUp;
  if (count == null) return;
  const missing = Math.max(0, eventsToRead - (await count()));
  for (let n = 0; n < missing / EVENTS_TOGETHER; n += 16) {
    await Promise.all(Array.from({ length: 16 }, (_, writer) => append(writer, EVENTS_TOGETHER)));
  }
  for (const [name, read] of [
    ['$all read', readAll],
    ['catch-up', catchUp],
  ] as const) {
    if (read == null) continue;
    const began = process.cpuUsage();
    const beganMs = performance.now();
    const events = await read();
    const perSecond = (events * 1_000) / (performance.now() - beganMs);
    say(`  ${name}: ${rounded(perSecond)} events/s of ${String(events)}, ${cpuSince(began, events)}`);
  }
}

/** From the call of an append, and from its answer, until a subscriber has the event: 0 where it hears of it sooner. */
async function subscriberLatency(): Promise<void> {
  const subject = await overTheClient();
  const subscription = subject.client.subscribeToAll();
  const [fromCallMs, fromAnswerMs]: [number[], number[]] = [[], []];
  let heardAtMs = 0;
  let wake: () => void = () => undefined;
  subscription.on('data', () => {
    heardAtMs = performance.now();
    wake();
  });
  await once(subscription, 'caughtUp');
  for (let n = 0; n < 300 * seconds; n += 1) {
    const heard = new Promise<void>((resolve) => (wake = resolve));
    const calledAtMs = performance.now();
    await subject.append(0, 1);
    const answeredAtMs = performance.now();
    await heard;
    fromCallMs.push(heardAtMs - calledAtMs);
    fromAnswerMs.push(Math.max(0, heardAtMs - answeredAtMs));
    await pause(1);
  }
  await subscription.unsubscribe();
  await subject.close();
  say('\nappend to subscriber');
  for (const [name, tookMs] of [
    ['from the call', fromCallMs],
    ['from the answer', fromAnswerMs],
  ] as const) {
    const { medianMs, p99Ms } = timingOf(name, tookMs);
    say(`  ${name}: p50 ${rounded(medianMs)} ms, p99 ${rounded(p99Ms)} ms`);
  }
}

/** A server in a process of its own, so that its memory is its own. */
async function startServer(directory: string) {
  const script = `
    import { startEmbeddedEventStore } from './dist/embedded-eventstore/index.js';
    const server = await startEmbeddedEventStore({ directory: process.argv[1] });
    console.log(server.endpoint);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [endpoint] = (await once(createInterface(child.stdout), 'line')) as [string];
  const store = connectEventStore({ endpoint });
  return {
    append: appender(store),
    anonymousMb: () => {
      const rollup = readFileSync(`/proc/${String(child.pid)}/smaps_rollup`, 'utf8');
      return Number(/^Anonymous:\s+(\d+)/m.exec(rollup)?.[1] ?? NaN) / 1024;
    },
    kill: async () => {
      await store.close();
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

async function memoryAndRestart(streams: number): Promise<void> {
  const directory = await mkdtemp(path.join(tmpdir(), 'chargebook-bench-'));
  try {
    const server = await startServer(directory);
    const perStream = Math.max(1, Math.floor(eventsInMemory / streams));
    const fill = async (first: number) => {
      for (let stream = first; stream < streams; stream += FILLING_WRITERS) {
        for (let left = perStream; left > 0; left -= EVENTS_TOGETHER)
          await server.append(`charger-${String(stream)}`, Math.min(left, EVENTS_TOGETHER));
      }
    };
    await Promise.all(Array.from({ length: FILLING_WRITERS }, (_, first) => fill(first)));
    say(
      `\n${String(perStream * streams)} events in ${String(streams)} streams: ${rounded(server.anonymousMb())} MB of anonymous memory`,
    );
    await server.kill();
    const beganMs = performance.now();
    const restarted = await startServer(directory);
    await restarted.append('another', 1);
    say(
      `  restart after kill -9, to the first durable append: ${rounded(performance.now() - beganMs)} ms; ` +
        `${rounded(restarted.anonymousMb())} MB`,
    );
    await restarted.kill();
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
