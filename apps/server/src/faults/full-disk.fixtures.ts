import { expect, it } from '@jest/globals';
import { Book } from '../book.fixtures';
import type { ServerProcess } from '../server-process.fixtures';
import { Clerk, metBy } from './clerks.fixtures';
import type { Testbed } from './engines-apart.fixtures';
import { isTorture, patienceMs, tell } from './scale.fixtures';

const ROOM_BYTES = isTorture ? 3_000_000 : 400_000;
const REASON = 'why '.repeat(200);
const COMMANDS_AT_ONCE = 50;
const CLERKS = 2;

/** Registers sites, each with a long reason, until the store takes no more. */
async function fill(server: ServerProcess): Promise<{ taken: string[]; refusal: string }> {
  const book = new Book(server);
  const taken: string[] = [];
  for (let n = 0; ; n++) {
    const commandId = `fill.${String(n)}`;
    const commands = Array.from({ length: COMMANDS_AT_ONCE }, (_, nth) => ({
      name: 'registerSite',
      input: { id: `fill.${String(n)}.${String(nth)}`, name: 'Full', timeZone: 'UTC' },
      options: { commandId: `${commandId}.${String(nth)}`, reason: REASON },
    }));
    try {
      const outcomes = await book.commands(commands);
      taken.push(...outcomes.flatMap(({ events }) => events.map(({ eventId }) => eventId)));
    } catch (error) {
      return { taken, refusal: (error as Error).message };
    }
  }
}

/** A disk that is full, and has room again. */
export function fullDisk(testbed: () => Testbed): void {
  it(
    'a full disk refuses what it cannot keep, keeps what it took, and goes on when there is room',
    async () => {
      const { engines, server } = testbed();
      const clerks = Array.from({ length: CLERKS }, (_, n) => new Clerk(`disk${String(n)}`, () => server));
      for (const clerk of clerks) await clerk.prepare();
      engines.eventStore.leaveRoom(ROOM_BYTES);
      const { taken, refusal } = await fill(server);
      expect(taken.length).toBeGreaterThan(0);
      expect(refusal).toContain('SERVICE_UNAVAILABLE');
      const working = clerks.map((clerk) => clerk.work(10));
      // What is read needs no room.
      expect(await new Book(server).query('{ site(id: "disk0") { name } }')).toBeTruthy();
      engines.eventStore.leaveRoom(undefined);
      await Promise.all(working);

      tell('full disk', { 'taken before': taken.length, ...metBy(clerks) });
      await new Book(server).caughtUp();
      const facts = await engines.facts();
      const kept = new Set(facts.map(({ eventId }) => eventId));
      expect(kept.size).toBe(facts.length);
      expect(taken.filter((id) => !kept.has(id))).toEqual([]);
      for (const clerk of clerks) expect(await clerk.faultsIn(facts)).toEqual([]);
    },
    patienceMs,
  );
}
