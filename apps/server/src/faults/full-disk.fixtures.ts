import { expect, it } from '@jest/globals';
import { Book } from '../book.fixtures';
import type { ServerProcess } from '../server-process.fixtures';
import { Clerk, metBy } from './clerks.fixtures';
import type { Testbed } from './engines-apart.fixtures';
import { isTorture, patienceMs, tell } from './scale.fixtures';

const ROOM_BYTES = isTorture ? 3_000_000 : 400_000;
const REASON = 'why '.repeat(200);
const COMMANDS_AT_ONCE = 50;
/** Each file of PostgreSQL's log is so large from its beginning. */
const LOG_FILE_BYTES = 1_048_576;
const CLERKS = 2;

/** Registers sites, each with a long reason, and looks at the last of them, until there is a refusal. */
async function fill(server: ServerProcess, name: string): Promise<{ taken: string[]; refusal: string }> {
  const book = new Book(server);
  const taken: string[] = [];
  for (let n = 0; ; n++) {
    const id = `${name}.${String(n)}`;
    const commands = Array.from({ length: COMMANDS_AT_ONCE }, (_, nth) => ({
      name: 'registerSite',
      input: { id: `${id}.${String(nth)}`, name: 'Full', timeZone: 'UTC' },
      options: { commandId: `${id}.${String(nth)}`, reason: REASON },
    }));
    try {
      const outcomes = await book.commands(commands);
      taken.push(...outcomes.flatMap(({ events }) => events.map(({ eventId }) => eventId)));
      const { text, body } = await book.ask(`{ site(id: "${id}.0") { name } }`);
      if (body.errors != null) return { taken, refusal: text };
      expect(body.data).toEqual({ site: { name: 'Full' } });
    } catch (error) {
      return { taken, refusal: (error as Error).message };
    }
  }
}

/** What was acknowledged is in the store, once, and in the book. */
async function expectNothingLost(
  { engines, server }: Testbed,
  taken: readonly string[],
  clerks: readonly Clerk[],
): Promise<void> {
  await new Book(server).caughtUp();
  const facts = await engines.facts();
  const kept = new Set(facts.map(({ eventId }) => eventId));
  expect(kept.size).toBe(facts.length);
  expect(taken.filter((id) => !kept.has(id))).toEqual([]);
  for (const clerk of clerks) expect(await clerk.faultsIn(facts)).toEqual([]);
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
      const { taken, refusal } = await fill(server, 'disk');
      expect(taken.length).toBeGreaterThan(0);
      expect(refusal).toContain('SERVICE_UNAVAILABLE');
      const working = clerks.map((clerk) => clerk.work(10));
      // What is read needs no room.
      expect(await new Book(server).query('{ site(id: "disk0") { name } }')).toBeTruthy();
      engines.eventStore.leaveRoom(undefined);
      await Promise.all(working);

      tell('full disk', { 'taken before': taken.length, ...metBy(clerks) });
      await expectNothingLost(testbed(), taken, clerks);
    },
    patienceMs,
  );

  it(
    'facts are kept while PostgreSQL has no room for them, readers are told, and all is there when it has',
    async () => {
      const { engines, server } = testbed();
      const clerks = Array.from({ length: CLERKS }, (_, n) => new Clerk(`tables${String(n)}`, () => server));
      for (const clerk of clerks) await clerk.prepare();
      // Not less than a file of its log, without which it would go down: as when it is killed.
      const fullBytes = Math.max(LOG_FILE_BYTES, await engines.largestPostgresFileBytes()) + ROOM_BYTES;
      engines.leavePostgresRoom(fullBytes);
      const { taken, refusal } = await fill(server, 'tables');
      expect(refusal).toContain('PROJECTION_BEHIND');
      const working = clerks.map((clerk) => clerk.work(10));
      engines.leavePostgresRoom(undefined);
      await Promise.all(working);

      tell('full disk of PostgreSQL', { 'taken before': taken.length, ...metBy(clerks) });
      await expectNothingLost(testbed(), taken, clerks);
    },
    patienceMs,
  );
}
