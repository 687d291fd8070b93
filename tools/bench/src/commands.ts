// Commands a second over GraphQL, each a durable fact with its receipt, beside bare durable appends of such facts through the
// client and beside as many durable appends by Emmett on PostgreSQL, in the same run.
//   npm run bench -- commands [seconds of each] [runs]
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import type { NewFact } from '@chargebook/domain';
import { startEmbeddedEventStore } from '@chargebook/embedded-eventstore';
import type { EventStore } from '@chargebook/event-store';
import { connectEventStore } from '@chargebook/event-store';
import { BookServer } from './book-server';
import type { Emmett } from './emmett';
import { NO_EMMETT, startEmmett } from './emmett';
import { rounded, say, timingOf } from './timing';

const SECONDS = Number(process.argv[2] ?? 5);
const RUNS = Number(process.argv[3] ?? 5);
const CLIENTS = [1, 16, 64];

const SET = `mutation ($charger: ID!, $amps: Float!) {
  setMaxChargerCurrent(input: { charger: $charger, amps: $amps }) { __typename ... on Receipt { position } } }`;

/** How many things were done within the time by clients that do one after the other, and how long each took. */
async function load(clients: number, act: (client: number, n: number) => Promise<unknown>) {
  const tookMs: number[] = [];
  const endMs = performance.now() + SECONDS * 1_000;
  const beganMs = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      for (let n = 0; performance.now() < endMs; n += 1) {
        const startMs = performance.now();
        await act(client, n);
        tookMs.push(performance.now() - startMs);
      }
    }),
  );
  const perSecond = tookMs.length / ((performance.now() - beganMs) / 1_000);
  return { perSecond, p99Ms: timingOf('', tookMs).p99Ms };
}

async function commands(server: BookServer, clients: number) {
  return load(clients, async (client, n) => {
    const answer = await server.ask(SET, { charger: `X${String(client)}`, amps: 6 + (n % 26) });
    if (!answer.includes('"Receipt"')) throw new Error(answer);
  });
}

async function appends(store: EventStore, clients: number, run: number) {
  const revisions = new Map<string, number>();
  return load(clients, async (client, n) => {
    const stream = `charger-R${String(run)}-${String(clients)}-${String(client)}`;
    const last = revisions.get(stream);
    const { revision } = await store.append(stream, [aFact(client, n)], last ?? 'NO_STREAM');
    revisions.set(stream, revision);
  });
}

/** The same facts, each at the end of its client's stream, whose version is checked as the store checks its revision. */
async function emmettAppends(emmett: Emmett, clients: number, run: number) {
  const versions = new Map<string, bigint>();
  return load(clients, async (client, n) => {
    const stream = `charger-R${String(run)}-${String(clients)}-${String(client)}`;
    const { type, data, eventId, metadata } = aFact(client, n);
    const event = { type, data, metadata: { ...metadata, messageId: eventId } };
    versions.set(stream, await emmett.append(stream, [event], versions.get(stream)));
  });
}

function aFact(client: number, n: number): NewFact {
  const now = new Date().toISOString();
  const id = randomUUID();
  return {
    type: 'MaxChargerCurrentSet',
    data: { charger: `R${String(client)}`, amps: 6 + (n % 26) },
    eventId: id,
    schemaVersion: 1,
    metadata: {
      occurredAt: now,
      recordedAt: now,
      actor: { kind: 'ADMIN', id: 'admin' },
      channel: 'PARTNER_API',
      commandId: id,
      inputHash: id.replaceAll('-', '').repeat(2),
      correlationId: id,
      causationId: id,
    },
  };
}

const server = await BookServer.start();
const directory = await mkdtemp(path.join(tmpdir(), 'chargebook-bench-'));
const engine = await startEmbeddedEventStore({ directory });
const store = connectEventStore({ endpoint: engine.endpoint });
const emmett = await startEmmett({ isDurable: true });
try {
  for (let client = 0; client < Math.max(...CLIENTS); client += 1) {
    await server.ask(`mutation { registerCharger(input: { serial: "X${String(client)}" }) { __typename } }`);
  }
  await commands(server, 16);
  say(
    `${cpus()[0]?.model ?? ''}, ${String(cpus().length)} cores; Node ${process.version}; median of ${String(RUNS)}`,
  );
  if (emmett == null) say(NO_EMMETT);
  for (const clients of CLIENTS) await measure(clients);
} finally {
  await server.stop();
  await store.close();
  await emmett?.close();
  await engine.stop();
  await rm(directory, { recursive: true, force: true });
}

async function measure(clients: number): Promise<void> {
  const [told, bare, emmetts] = [[] as number[], [] as number[], [] as number[]];
  const p99Ms: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    bare.push((await appends(store, clients, run)).perSecond);
    if (emmett != null) emmetts.push((await emmettAppends(emmett, clients, run)).perSecond);
    const loaded = await commands(server, clients);
    told.push(loaded.perSecond);
    p99Ms.push(loaded.p99Ms);
  }
  const perSecond = timingOf('', told).medianMs;
  const beside = (name: string, perSeconds: readonly number[]) => {
    const other = timingOf('', perSeconds).medianMs;
    return `${name} ${rounded(other)}/s, ratio ${rounded(perSecond / other)}`;
  };
  say(
    [
      `${String(clients)} clients: ${rounded(perSecond)} commands/s (p99 ${rounded(timingOf('', p99Ms).medianMs)} ms)`,
      beside('bare appends', bare),
      ...(emmett == null ? [] : [beside("Emmett's appends", emmetts)]),
    ].join('; '),
  );
}
