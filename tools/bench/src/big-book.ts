// A book of a thousand chargers and a million facts, one of them with a life of ten years: how it starts, what it takes, and how
// long questions about that charger take, beside a request for nothing and beside one with a tenth of that life.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedEventStore } from '@chargebook/embedded-eventstore';
import { connectEventStore } from '@chargebook/event-store';
import { BookServer } from './book-server';
import type { LongLife } from './fleet';
import { fleetFacts, longLife, recordAll, recordInOrder } from './fleet';
import { rounded, say, sayTiming, timeInTurn, timingOf } from './timing';

const FACTS = Number(process.argv[2] ?? 1_000_000);
const ROUNDS = Number(process.argv[3] ?? 300);
/** With fewer, the shares of a long life are no whole numbers. */
const FEWEST_FACTS = 20_000;
if (FACTS < FEWEST_FACTS) throw new Error(`ask for ${String(FEWEST_FACTS)} facts at least`);
const STARTS = 5;
const WARM_UP_ROUNDS = 50;
/** Of a million facts, the life of a charger on a load-balanced circuit takes some six tenths. */
const TEN_YEARS: LongLife = {
  years: 10,
  sessions: Math.round(FACTS * 0.004),
  readings: Math.round(FACTS * 0.1),
  dynamicCurrentSets: Math.round(FACTS * 0.5),
  moves: 20,
};
const ONE_YEAR: LongLife = {
  years: 1,
  sessions: TEN_YEARS.sessions / 10,
  readings: TEN_YEARS.readings / 10,
  dynamicCurrentSets: TEN_YEARS.dynamicCurrentSets / 10,
  moves: 2,
};

/** A book that is kept is filled once. */
const kept = process.argv[4];
const directory = kept ?? (await mkdtemp(path.join(tmpdir(), 'chargebook-bench-')));
try {
  say(`${cpus()[0]?.model ?? ''}, ${String(cpus().length)} cores; Node ${process.version}`);
  if (!existsSync(path.join(directory, 'events'))) await fill();
  if (!existsSync(path.join(directory, 'postgres'))) await takeIn();
  await starts();
  await questions();
  await reports();
} finally {
  if (kept == null) await rm(directory, { recursive: true, force: true });
}

async function fill(): Promise<void> {
  const engine = await startEmbeddedEventStore({ directory: path.join(directory, 'events') });
  const store = connectEventStore({ endpoint: engine.endpoint });
  const beganMs = performance.now();
  const lives = [longLife('T', TEN_YEARS), longLife('U', ONE_YEAR)].map((life) => [...life]);
  const others = FACTS - lives.reduce((sum, { length }) => sum + length, 0);
  await Promise.all(lives.map((life) => recordInOrder(store, life)));
  await recordAll(store, fleetFacts(others));
  await store.close();
  await engine.stop();
  const seconds = (performance.now() - beganMs) / 1_000;
  say(`${String(FACTS)} facts appended in ${rounded(seconds)} s: ${rounded(FACTS / seconds)} a second`);
}

/** The first start makes all read models. */
async function takeIn(): Promise<void> {
  const beganMs = performance.now();
  const server = await BookServer.start(directory);
  await server.caughtUp(FACTS);
  const seconds = (performance.now() - beganMs) / 1_000;
  say(
    `all read models made in ${rounded(seconds)} s: ${rounded(FACTS / seconds)} facts a second; ${rounded(await server.memoryMegabytes())} MB then`,
  );
  await server.stop();
}

async function starts(): Promise<void> {
  const tookMs: number[] = [];
  const megabytes: number[] = [];
  for (let nth = 0; nth < STARTS; nth += 1) {
    const beganMs = performance.now();
    const server = await BookServer.start(directory);
    await server.caughtUp(FACTS);
    tookMs.push(performance.now() - beganMs);
    await server.ask(
      '{ charger(serial: "T") { history(first: 20) { nodes { summary } } effectiveLimit { amps } } }',
    );
    megabytes.push(await server.memoryMegabytes());
    await server.stop();
  }
  const { medianMs } = timingOf('', tookMs);
  say(
    `started and up to date in ${rounded(medianMs / 1_000)} s; ${rounded(timingOf('', megabytes).medianMs)} MB after a question`,
  );
}

async function questions(): Promise<void> {
  const server = await BookServer.start(directory);
  try {
    const of = (charger: string, fields: string) => () =>
      server.ask(`{ charger(serial: "${charger}") { ${fields} } }`);
    const limit = 'effectiveLimit { amps binding explanation sources { kind amps { l1 l2 l3 } inForce } }';
    const history = 'history(first: 20) { nodes { sequence type occurredAt summary } }';
    const placements = 'placements(first: 20) { nodes { backplateId siteName mountedAt dismountedAt } }';
    const past = limit.replace('effectiveLimit', 'effectiveLimit(at: "2021-05-04T10:00:00.000Z")');
    const asked: Record<string, () => Promise<string>> = {
      'nothing ({ __typename })': () => server.ask('{ __typename }'),
      'first page of history': of('T', history),
      'first page of history of a tenth of the life': of('U', history),
      effectiveLimit: of('T', limit),
      'effectiveLimit of a tenth of the life': of('U', limit),
      'effectiveLimit in the middle of the life': of('T', past),
      placements: of('T', placements),
      'placements of a tenth of the life': of('U', placements),
    };
    const timings = await timeInTurn(asked, { rounds: ROUNDS, warmUpRounds: WARM_UP_ROUNDS });
    timings.forEach(sayTiming);
  } finally {
    await server.stop();
  }
}

/** Reports as an auditor has them made, each for the first time, and how fast a bundle is verified. */
async function reports(): Promise<void> {
  const server = await BookServer.start(directory);
  try {
    const report = async (what: string[], format: string) => {
      const out = path.join(directory, `${what.join('-')}.${format}`);
      const environment = { CHARGEBOOK_URL: `${server.url}/graphql`, DATA_DIR: directory };
      const span = ['--from', '2000-01-01', '--to', '2030-01-01', '--format', format, '--out', out];
      const beganMs = performance.now();
      await run(process.execPath, ['tools/cli/bin/chargebook.mjs', 'report', ...what, ...span], environment);
      const seconds = (performance.now() - beganMs) / 1_000;
      const megabytes = (await stat(out)).size / 1e6;
      const memory = rounded(await server.memoryMegabytes());
      say(
        `${format} report of ${what.join(' ')}: ${rounded(seconds)} s, ${rounded(megabytes)} MB; ${memory} MB then`,
      );
      return out;
    };
    await report(['charger', 'U'], 'jsonl');
    await report(['charger', 'T'], 'jsonl');
    await report(['book'], 'jsonl');
    const bundle = await report(['book'], 'bundle');
    const unpacked = path.join(directory, 'unpacked');
    await mkdir(unpacked);
    await run('tar', ['-xzf', bundle, '-C', unpacked, '--strip-components=1']);
    const beganMs = performance.now();
    // Without a key it says so, and ends with 3.
    await run(process.execPath, [path.join(unpacked, 'verify.mjs')], {}, 3);
    const seconds = (performance.now() - beganMs) / 1_000;
    say(
      `the bundle of the book verified in ${rounded(seconds)} s: ${rounded(FACTS / seconds)} facts a second`,
    );
  } finally {
    await server.stop();
  }
}

async function run(program: string, args: string[], environment: object = {}, code = 0): Promise<void> {
  const child = spawn(program, args, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [ended] = (await once(child, 'exit')) as [number | null];
  if (ended !== code) throw new Error(`${program} ${args.join(' ')} ended with ${String(ended)}`);
}
