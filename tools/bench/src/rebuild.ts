// How fast projections are made anew, beside how fast PostgreSQL takes the same rows without any thought, and beside Emmett, which
// makes one projection of the same events, the sessions, from its own store, where ours makes all of its own.
//   npm run bench -- rebuild [events] [runs]
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedEventStore } from '@chargebook/embedded-eventstore';
import { startTemporaryPostgres } from '@chargebook/embedded-postgres';
import { connectEventStore } from '@chargebook/event-store';
import {
  Database,
  migrate,
  migrationsFolder,
  Progress,
  Projector,
  PROJECTIONS,
  Rebuilds,
} from '@chargebook/read-models';
import { NO_EMMETT, startEmmett } from './emmett';
import type { MadeByEmmett } from './emmett-sessions';
import { appendToEmmett, sessionDocuments, sessionRows } from './emmett-sessions';
import { fleetFacts, recordAll } from './fleet';
import { insertRaw } from './raw-inserts';

const EVENTS = Number(process.argv[2] ?? 100_000);
const RUNS = Number(process.argv[3] ?? 5);

const directory = await mkdtemp(path.join(tmpdir(), 'chargebook-bench-'));
const [postgres, engine] = await Promise.all([
  startTemporaryPostgres(),
  startEmbeddedEventStore({ directory }),
]);
const store = connectEventStore({ endpoint: engine.endpoint });
const database = new Database(postgres.connection);
const emmett = await startEmmett({ isDurable: false });
const peers = emmett == null ? [] : [sessionDocuments(emmett), sessionRows(emmett)];
const stopping = new AbortController();
try {
  await migrate(database, migrationsFolder());
  const recordedMs = performance.now();
  const last = await recordAll(store, fleetFacts(EVENTS));
  say('appending', EVENTS, performance.now() - recordedMs, 'events');
  if (emmett == null) console.log(NO_EMMETT);
  else await appendToEmmett(emmett, fleetFacts(EVENTS));
  await measure(last);
} finally {
  stopping.abort();
  await database.close();
  await store.close();
  await emmett?.close();
  await Promise.all([postgres.remove(), engine.stop()]);
  await rm(directory, { recursive: true, force: true });
}

async function measure(last: bigint): Promise<void> {
  const marks = new Map<string, number>();
  let isSwitched: () => void = () => undefined;
  const projector = new Projector(database, store, PROJECTIONS, {
    onFault: (error) => {
      throw error;
    },
    onRebuild: (projection, what) => {
      marks.set(`${projection} ${what}`, performance.now());
      isSwitched();
    },
  });
  const beganMs = performance.now();
  const running = projector.run(stopping.signal);
  const progress = new Progress(database);
  progress.start();
  await progress.reached(last, 3_600_000);
  say('taken in as it comes', EVENTS, performance.now() - beganMs, 'events');

  const rebuilds = new Rebuilds(database);
  /** What each event has cost this process, in microseconds of the processor: the event store's thread included. */
  const cpuMicros: number[] = [];
  const timed = async (names: readonly string[]) => {
    marks.clear();
    const before = process.cpuUsage();
    for (const name of names) await rebuilds.request(name);
    while (names.some((name) => !marks.has(`${name} switched`)))
      await new Promise<void>((resolve) => (isSwitched = resolve));
    const cpu = process.cpuUsage(before);
    cpuMicros.push((cpu.user + cpu.system) / EVENTS);
    const of = (what: string) => names.map((name) => marks.get(`${name} ${what}`) ?? NaN);
    return Math.max(...of('switched')) - Math.min(...of('begun'));
  };
  const made = PROJECTIONS.map(({ name }) => name);
  const results = {
    projections: [] as number[],
    rawProjections: [] as number[],
    ledger: [] as number[],
    rawLedger: [] as number[],
    peers: peers.map(() => [] as number[]),
  };
  let rows = { projections: 0, ledger: 0 };
  for (let run = 0; run < RUNS; run += 1) {
    const rawProjections = await insertRaw(database, made);
    const rawLedger = await insertRaw(database, ['ledger']);
    rows = { projections: rawProjections.rows, ledger: rawLedger.rows };
    results.rawProjections.push(rawProjections.durationMs);
    results.rawLedger.push(rawLedger.durationMs);
    results.projections.push(await timed(made));
    results.ledger.push(await timed(['ledger']));
    for (const [nth, peer] of peers.entries()) results.peers[nth]?.push(await rebuiltByEmmett(peer));
  }
  stopping.abort();
  await running;
  await progress.stop();
  const [cpu] = cpus();
  console.log(`\n${cpu?.model ?? ''}, ${cpus().length} cores; Node ${process.version}; median of ${RUNS}`);
  report('projections from the ledger', results.projections, results.rawProjections, rows.projections);
  report('the ledger from the store', results.ledger, results.rawLedger, rows.ledger);
  for (const [nth, { name }] of peers.entries())
    reportPeer(name, median(results.peers[nth] ?? []), median(results.projections), made.length);
  const [projecting, recording] = [0, 1].map((odd) => median(cpuMicros.filter((_, run) => run % 2 === odd)));
  console.log(
    `processor time of this process per event: ${(projecting ?? NaN).toFixed(0)} µs, ${(recording ?? NaN).toFixed(0)} µs`,
  );
}

/** How long it took, in milliseconds. @throws Error where it is not what the events tell */
async function rebuiltByEmmett({ name, projection, countWhole }: MadeByEmmett): Promise<number> {
  const beganMs = performance.now();
  await emmett?.rebuild(projection);
  const tookMs = performance.now() - beganMs;
  const [whole, ended] = [await countWhole(), [...fleetFacts(EVENTS)].filter(isEnd).length];
  if (whole !== ended) throw new Error(`${name}: ${whole} whole sessions, not ${ended}`);
  return tookMs;
}

function isEnd({ type }: { readonly type: string }): boolean {
  return type === 'SessionEnded';
}

function reportPeer(name: string, tookMs: number, oursMs: number, projections: number): void {
  say(`Emmett's projection of sessions, ${name}`, EVENTS, tookMs, 'events');
  console.log(`  ours, which makes ${projections}, is ${(tookMs / oursMs).toFixed(2)} times as fast`);
}

function report(what: string, tookMs: number[], rawMs: number[], rows: number): void {
  const [took, raw] = [median(tookMs), median(rawMs)];
  say(what, EVENTS, took, 'events');
  say('  its rows alone', rows, raw, 'rows');
  console.log(`  ratio ${(raw / took).toFixed(2)}`);
}

function say(what: string, count: number, durationMs: number, unit: string): void {
  const perSecond = Math.round((count / durationMs) * 1_000);
  console.log(`${what}: ${count} ${unit} in ${(durationMs / 1_000).toFixed(2)} s, ${perSecond} ${unit}/s`);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}
