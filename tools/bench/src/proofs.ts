// How long proofs take, over GraphQL beside a request for nothing and in process beside a read of one row; and what the hashes cost
// the ledger: facts taken in with them and without.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { ProofQueries } from '@chargebook/audit';
import { startEmbeddedEventStore } from '@chargebook/embedded-eventstore';
import { startTemporaryPostgres } from '@chargebook/embedded-postgres';
import type { EventStore } from '@chargebook/event-store';
import { connectEventStore } from '@chargebook/event-store';
import {
  Database,
  migrate,
  migrationsFolder,
  Progress,
  Projector,
  PROJECTIONS,
} from '@chargebook/read-models';
import { isIncluded } from '@chargebook/transparency';
import { BookServer } from './book-server';
import { fleetFacts, recordAll } from './fleet';
import { rounded, say, sayTiming, timeInTurn, timingOf } from './timing';

const FACTS = Number(process.argv[2] ?? 1_000_000);
const ROUNDS = Number(process.argv[3] ?? 2_000);
const RUNS = Number(process.argv[4] ?? 5);
const WARM_UP_ROUNDS = Math.ceil(ROUNDS / 10);

const directory = await mkdtemp(path.join(tmpdir(), 'chargebook-bench-'));
try {
  say(
    `${cpus()[0]?.model ?? ''}, ${String(cpus().length)} cores; Node ${process.version}; ${String(FACTS)} facts`,
  );
  await hashing();
  await proofs();
} finally {
  await rm(directory, { recursive: true, force: true });
}

/** Fills the store, and takes it in again and again: in turn with hashes and without. */
async function hashing(): Promise<void> {
  const [engine, postgres] = await Promise.all([
    startEmbeddedEventStore({ directory: path.join(directory, 'events') }),
    startTemporaryPostgres(),
  ]);
  const store = connectEventStore({ endpoint: engine.endpoint });
  const last = await recordAll(store, fleetFacts(FACTS));
  const seconds = { with: [] as number[], without: [] as number[] };
  const admin = new Database(postgres.connection);
  for (let run = 0; run < RUNS; run += 1) {
    for (const how of ['with', 'without'] as const) {
      const name = `${how}_${String(run)}`;
      await admin.query(`CREATE DATABASE ${name}`);
      const database = new Database({ ...postgres.connection, database: name });
      seconds[how].push(await intake(database, store, last, how === 'with'));
      await database.close();
      await admin.query(`DROP DATABASE ${name}`);
    }
  }
  await admin.close();
  await store.close();
  await Promise.all([engine.stop(), postgres.remove()]);
  const [withHashes, without] = [seconds.with, seconds.without].map((each) => timingOf('', each).medianMs);
  const rate = (took = NaN) => rounded(FACTS / took);
  say(`all read models with hashes: ${rate(withHashes)} facts/s; without: ${rate(without)} facts/s`);
  say(
    `hashing costs ${rounded(100 * ((withHashes ?? NaN) / (without ?? NaN) - 1))} %; median of ${String(RUNS)}`,
  );
}

/** @returns seconds */
async function intake(
  database: Database,
  store: EventStore,
  last: bigint,
  isHashing: boolean,
): Promise<number> {
  await migrate(database, migrationsFolder());
  if (!isHashing) await dropHashes(database);
  const stopping = new AbortController();
  const progress = new Progress(database);
  progress.start();
  const beganMs = performance.now();
  const running = new Projector(database, store, PROJECTIONS).run(stopping.signal);
  await progress.reached(last, 3_600_000);
  const tookMs = performance.now() - beganMs;
  stopping.abort();
  await running;
  await progress.stop();
  return tookMs / 1_000;
}

/** The ledger adds nothing to a tree that does not reach as far as it: after its first batch it goes without. */
async function dropHashes(database: Database): Promise<void> {
  await database.query(
    "CREATE FUNCTION public.nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
  );
  await database.query(
    'CREATE TRIGGER nothing BEFORE INSERT ON ledger.entry FOR EACH ROW EXECUTE FUNCTION public.nothing()',
  );
}

async function proofs(): Promise<void> {
  const server = await BookServer.start(directory);
  try {
    await caughtUp(server);
    const engines = JSON.parse(await readFile(path.join(directory, 'engines.json'), 'utf8')) as {
      database: object;
    };
    const database = new Database(engines.database);
    await measure(server, database);
    await database.close();
  } finally {
    await server.stop();
  }
}

async function measure(server: BookServer, database: Database): Promise<void> {
  const queries = new ProofQueries(database);
  const some = () => 1 + Math.floor(Math.random() * FACTS);
  const size = String(FACTS);
  const root = Buffer.from(await queries.root(FACTS), 'hex');
  const asked: Record<string, () => Promise<unknown>> = {
    'GraphQL: nothing ({ __typename })': () => server.ask('{ __typename }'),
    'GraphQL: inclusionProof': () =>
      server.ask(
        `{ inclusionProof(sequence: "${String(some())}", size: "${size}") { head content hashes } }`,
      ),
    'GraphQL: consistencyProof': () =>
      server.ask(`{ consistencyProof(from: "${String(some())}", to: "${size}") { fromRoot toRoot hashes } }`),
    'in process: a row of the ledger': () =>
      database.query('SELECT content FROM ledger.entry WHERE sequence = $1', [some()]),
    'in process: inclusion': () => queries.inclusion(some(), FACTS),
    'in process: inclusion, checked': async () => {
      const proof = await queries.inclusion(some(), FACTS);
      if (proof == null) throw new Error('there is no such fact');
      const at = { index: proof.sequence - 1, hash: Buffer.from(proof.leaf, 'hex') };
      const hashes = proof.hashes.map((hash) => Buffer.from(hash, 'hex'));
      if (!isIncluded(at, { size: FACTS, root }, hashes)) throw new Error('the proof does not hold');
    },
  };
  const timings = await timeInTurn(asked, { rounds: ROUNDS, warmUpRounds: WARM_UP_ROUNDS });
  timings.forEach(sayTiming);
}

async function caughtUp(server: BookServer): Promise<void> {
  for (;;) {
    const answer = await server.ask('{ book { head projections { lagFacts } } }');
    const { book } = (
      JSON.parse(answer) as { data: { book: { head: string; projections: { lagFacts: string }[] } } }
    ).data;
    if (Number(book.head) >= FACTS && book.projections.every(({ lagFacts }) => lagFacts === '0')) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
