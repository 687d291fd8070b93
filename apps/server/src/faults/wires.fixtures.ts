import { expect, it } from '@jest/globals';
import { Book } from '../book.fixtures';
import { Clerk, metBy } from './clerks.fixtures';
import type { Testbed } from './engines-apart.fixtures';
import type { Temper } from './fault-proxy.fixtures';
import { FaultProxy } from './fault-proxy.fixtures';
import { patienceMs, scaled, seed, tell } from './scale.fixtures';

const COMMANDS = scaled(90, 20_000);
const CLERKS = COMMANDS > 1_000 ? 16 : 6;
/** A connection to an engine lives for some hundred messages, one of a client for a few. */
const ENGINE_WIRE: Temper = { medianBytes: 60_000, smoothPart: 0.05, longestDelayMs: 20 };
const CLIENT_WIRE: Temper = { medianBytes: 6_000, smoothPart: 0.2, longestDelayMs: 30 };

/** Wires that are cut, reset, half-closed, stalled and slow, between all parts. */
export function disturbedWires(testbed: () => Testbed): void {
  it(
    'wires that are disturbed lose nothing that was acknowledged, double nothing, and let nothing stale through',
    async () => {
      const { engines, server } = testbed();
      const { adminToken } = server;
      const serverPlace = { host: '127.0.0.1', port: Number(new URL(server.url).port) };
      const clientWire = await FaultProxy.start(serverPlace, `client ${String(seed)}`);
      const reach = { url: server.url, adminToken };
      const clerks = Array.from({ length: CLERKS }, (_, n) => new Clerk(`wire${String(n)}`, () => reach));
      for (const clerk of clerks) await clerk.prepare();
      reach.url = `http://127.0.0.1:${String(clientWire.port)}`;
      clientWire.rage(CLIENT_WIRE);
      engines.storeWire.rage(ENGINE_WIRE);
      engines.databaseWire.rage(ENGINE_WIRE);
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
      const facts = await engines.facts();
      for (const clerk of clerks) expect(await clerk.faultsIn(facts)).toEqual([]);
      await clientWire.stop();
    },
    patienceMs,
  );
}
