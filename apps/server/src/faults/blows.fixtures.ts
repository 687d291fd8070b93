import { expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { Chance } from '@chargebook/simulation';
import { Book } from '../book.fixtures';
import { Clerk, metBy } from './clerks.fixtures';
import type { EnginesApart, Testbed } from './engines-apart.fixtures';
import { isTorture, patienceMs, scaled, seed, tell } from './scale.fixtures';

const ROUNDS = scaled(3, 40);
const CLERKS = 4;
const LONGEST_AWAY_MS = isTorture ? 8_000 : 1_000;

const TARGETS = ['event store', 'PostgreSQL', 'both'] as const;
const BLOWS = ['killed', 'paused', 'cut off'] as const;

interface Blow {
  readonly target: (typeof TARGETS)[number];
  readonly how: (typeof BLOWS)[number];
}

/** The three kinds come in turn, and their targets too: all nine are there after nine rounds. */
function blowOf(round: number): Blow {
  const turn = Math.floor(round / BLOWS.length);
  return { how: BLOWS[round % BLOWS.length]!, target: TARGETS[(round + turn + seed) % TARGETS.length]! };
}

async function strike(engines: EnginesApart, { target, how }: Blow, awayMs: number): Promise<void> {
  const { eventStore } = engines;
  const [isStore, isPostgres] = [target !== 'PostgreSQL', target !== 'event store'];
  if (how === 'killed') {
    if (isPostgres) engines.killPostgres();
    if (isStore) await eventStore.kill();
    await pause(awayMs);
    if (isStore) await eventStore.start();
  } else if (how === 'paused') {
    if (isPostgres) engines.signalPostgres('SIGSTOP');
    if (isStore) eventStore.signal('SIGSTOP');
    await pause(awayMs);
    if (isStore) eventStore.signal('SIGCONT');
    if (isPostgres) engines.signalPostgres('SIGCONT');
  } else {
    if (isStore) engines.storeWire.cutOff();
    if (isPostgres) engines.databaseWire.cutOff();
    await pause(awayMs);
    engines.calm();
  }
}

/** Engines that are killed, paused or cut off while commands and queries run. */
export function struckEngines(testbed: () => Testbed): void {
  it(
    'engines that are struck are missed, and the server goes on by itself when they are back',
    async () => {
      const { engines, server } = testbed();
      const chance = new Chance('blows', seed);
      const clerks = Array.from({ length: CLERKS }, (_, n) => new Clerk(`blow${String(n)}`, () => server));
      for (const clerk of clerks) await clerk.prepare();
      let isEnough = false;
      const working = clerks.map((clerk) => clerk.work(Number.MAX_SAFE_INTEGER, () => isEnough));
      const goesOn = async () => {
        const before = clerks.map(({ progress }) => progress);
        while (clerks.some(({ progress }, n) => progress.answers < before[n]!.answers + 2)) await pause(50);
        while (clerks.some(({ progress }, n) => progress.looks < before[n]!.looks + 1)) await pause(50);
      };
      const struck: string[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const blow = blowOf(round);
        const awayMs = chance.whole(100, LONGEST_AWAY_MS);
        await strike(engines, blow, awayMs);
        await goesOn();
        struck.push(`${blow.target} ${blow.how}`);
      }
      isEnough = true;
      await Promise.all(working);

      const told = Object.fromEntries(
        [...new Set(struck)].map((blow) => [blow, struck.filter((each) => each === blow).length]),
      );
      tell('engines struck', { ...metBy(clerks), ...told });
      await new Book(server).caughtUp();
      const facts = await engines.facts();
      for (const clerk of clerks) expect(await clerk.faultsIn(facts)).toEqual([]);
    },
    patienceMs,
  );
}
