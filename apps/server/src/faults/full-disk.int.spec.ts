import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { Book } from '../book.fixtures';
import type { ServerProcess } from '../server-process.fixtures';
import { cleanUp } from '../server-process.fixtures';
import { Clerk, metBy } from './clerks.fixtures';
import { EnginesApart, everyFact } from './engines-apart.fixtures';
import { isTorture, patienceMs, tell } from './scale.fixtures';

/** The store's process fails to write beyond a size, as it would on a full disk. */
const LIMIT_FILE_SIZE = `ulimit -S -f ${isTorture ? '20000' : '4000'}`;
const REASON = 'why '.repeat(200);
const COMMANDS_AT_ONCE = 50;
const CLERKS = 2;

describe('a disk that is full', () => {
  let engines: EnginesApart;
  let server: ServerProcess;

  beforeAll(async () => {
    engines = await EnginesApart.start(undefined, LIMIT_FILE_SIZE);
    server = await engines.process();
  }, patienceMs);

  afterAll(async () => {
    await cleanUp();
    await engines.stop();
  }, patienceMs);

  /** Registers sites, each with a long reason, until the store takes no more. */
  async function fill(): Promise<{ taken: string[]; refusal: string }> {
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

  it(
    'refuses what it cannot keep, keeps what it took, and goes on when there is room',
    async () => {
      const clerks = Array.from({ length: CLERKS }, (_, n) => new Clerk(`k${String(n)}`, () => server));
      for (const clerk of clerks) await clerk.prepare();
      const { taken, refusal } = await fill();
      expect(taken.length).toBeGreaterThan(0);
      expect(refusal).toContain('SERVICE_UNAVAILABLE');
      const working = clerks.map((clerk) => clerk.work(10));
      // What is read needs no room.
      expect(await new Book(server).query('{ site(id: "k0") { name } }')).toBeTruthy();
      execFileSync('prlimit', ['--pid', String(engines.eventStore.pid), '--fsize=unlimited']);
      await Promise.all(working);

      tell('full disk', { 'taken before': taken.length, ...metBy(clerks) });
      await new Book(server).caughtUp();
      const store = engines.connect();
      const facts = await everyFact(store);
      await store.close();
      const kept = new Set(facts.map(({ eventId }) => eventId));
      expect(kept.size).toBe(facts.length);
      expect(taken.filter((id) => !kept.has(id))).toEqual([]);
      for (const clerk of clerks) expect(await clerk.faultsIn(facts)).toEqual([]);
    },
    patienceMs,
  );
});
