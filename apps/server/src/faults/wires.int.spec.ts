import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Book } from '../book.fixtures';
import type { ServerProcess } from '../server-process.fixtures';
import { cleanUp } from '../server-process.fixtures';
import { Clerk, metBy } from './clerks.fixtures';
import { EnginesApart, everyFact } from './engines-apart.fixtures';
import type { Temper } from './fault-proxy.fixtures';
import { FaultProxy } from './fault-proxy.fixtures';
import { patienceMs, scaled, seed, tell } from './scale.fixtures';

const COMMANDS = scaled(120, 20_000);
const CLERKS = COMMANDS > 1_000 ? 16 : 6;
/** A connection to an engine lives for some hundred messages, one of a client for a few. */
const ENGINE_WIRE: Temper = { medianBytes: 60_000, smoothPart: 0.05, longestDelayMs: 20 };
const CLIENT_WIRE: Temper = { medianBytes: 6_000, smoothPart: 0.2, longestDelayMs: 30 };

describe('wires that are cut, reset, half-closed, stalled and slow, between all parts', () => {
  let engines: EnginesApart;
  let server: ServerProcess;
  let clientWire: FaultProxy;

  beforeAll(async () => {
    engines = await EnginesApart.start(ENGINE_WIRE);
    server = await engines.process();
    const { port } = new URL(server.url);
    clientWire = await FaultProxy.start(
      { host: '127.0.0.1', port: Number(port) },
      CLIENT_WIRE,
      `client ${String(seed)}`,
    );
  }, patienceMs);

  afterAll(async () => {
    await clientWire.stop();
    await cleanUp();
    await engines.stop();
  }, patienceMs);

  it(
    'lose nothing that was acknowledged, double nothing, and let nothing stale through',
    async () => {
      const { adminToken } = server;
      const reach = { url: server.url, adminToken };
      const clerks = Array.from({ length: CLERKS }, (_, n) => new Clerk(`k${String(n)}`, () => reach));
      for (const clerk of clerks) await clerk.prepare();
      reach.url = `http://127.0.0.1:${String(clientWire.port)}`;
      await Promise.all(clerks.map((clerk) => clerk.work(COMMANDS / CLERKS)));

      const wires = [clientWire, engines.storeWire, engines.databaseWire];
      const faults = wires.map(({ faultCount }) => faultCount);
      for (const wire of wires) wire.calm();
      reach.url = server.url;
      tell('commands through disturbed wires', {
        ...metBy(clerks),
        'faults between client and server': faults[0],
        'between server and event store': faults[1],
        'between server and PostgreSQL': faults[2],
      });
      expect(faults.reduce((sum, count) => sum + count)).toBeGreaterThan(0);
      await new Book(server).caughtUp();
      const store = engines.connect();
      const facts = await everyFact(store);
      await store.close();
      for (const clerk of clerks) expect(await clerk.faultsIn(facts)).toEqual([]);
    },
    patienceMs,
  );
});
