import { expect, it } from '@jest/globals';
import { Chance } from '@chargebook/simulation';
import type { Command, Outcome } from '../book.fixtures';
import { Book } from '../book.fixtures';
import type { ServerProcess } from '../server-process.fixtures';
import type { Testbed } from './engines-apart.fixtures';
import { patienceMs, scaled, seed, tell } from './scale.fixtures';
import { faultsAlongAxes, settled } from './truth.fixtures';

const CHARGERS = 200;
const PLACES = 8;
const ROUNDS = scaled(1, 20);
/** Taken now, or from a moment later on: clocks of two processes, and of two requests, are read in any order. */
const TAKEN = ['BACKPLATE_OCCUPIED', 'PLACEMENT_OVERLAP'];
const COMMANDS_AT_ONCE = 50;

const placeNames = Array.from({ length: PLACES }, (_, n) => `bed${String(n)}`);
const unitNames = Array.from({ length: CHARGERS }, (_, n) => `guest${String(n)}`);

async function furnish(server: ServerProcess): Promise<void> {
  const world: Command[] = [
    { name: 'registerSite', input: { id: 'inn', name: 'Inn', timeZone: 'UTC' } },
    { name: 'addCircuit', input: { id: 'inn.row', site: 'inn' } },
    ...placeNames.map((id) => ({ name: 'installBackplate', input: { id, circuit: 'inn.row' } })),
    ...unitNames.map((serial) => ({ name: 'registerCharger', input: { serial } })),
  ];
  for (let next = 0; next < world.length; next += COMMANDS_AT_ONCE)
    await new Book(server).commands(world.slice(next, next + COMMANDS_AT_ONCE));
}

/** 200 concurrent mounts on few backplates, from two processes. */
export function contendedMounts(testbed: () => Testbed): void {
  it(
    'concurrent mounts put one charger on each backplate, and tell all others so',
    async () => {
      const { engines, server } = testbed();
      const servers = [server, await engines.process('api')] as const;
      await furnish(server);
      const chance = new Chance('mounts', seed);
      const codes: Record<string, number> = {};
      for (let round = 0; round < ROUNDS; round++) {
        const outcomes = await Promise.all(
          unitNames.map((charger, n) =>
            new Book(servers[n % 2 === 0 ? 0 : 1]).command('mountCharger', {
              charger,
              backplate: chance.pick(placeNames),
            }),
          ),
        );
        for (const outcome of outcomes) count(codes, outcome);
        await settled(servers);
        const facts = await engines.facts();
        expect(await faultsAlongAxes(servers, unitNames, placeNames, facts)).toEqual([]);
        const mounted = unitNames.filter((_, n) => outcomes[n]!.__typename === 'Receipt');
        expect(mounted.length).toBeLessThanOrEqual(PLACES);
        expect(mounted.length).toBeGreaterThan(0);
        const taken = outcomes.filter(({ __typename: type }) => type === 'Rejection');
        for (const { code } of taken) expect(TAKEN).toContain(code);
        // All at once again: down, through either process.
        await Promise.all(
          mounted.map((charger, n) =>
            new Book(servers[(n + round) % 2 === 0 ? 0 : 1]).record('dismountCharger', { charger }),
          ),
        );
      }
      await servers[1].stop();
      tell('mounts from two processes', { rounds: ROUNDS, ...codes });
    },
    patienceMs,
  );
}

function count(codes: Record<string, number>, { __typename: type, code }: Outcome): void {
  const key = type === 'Receipt' ? 'mounted' : code;
  codes[key] = (codes[key] ?? 0) + 1;
}
