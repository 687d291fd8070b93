import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Chance } from '@chargebook/simulation';
import type { Command, Outcome } from '../book.fixtures';
import { Book } from '../book.fixtures';
import type { ServerProcess } from '../server-process.fixtures';
import { cleanUp } from '../server-process.fixtures';
import { EnginesApart, everyFact } from './engines-apart.fixtures';
import { patienceMs, scaled, seed, tell } from './scale.fixtures';
import { faultsAlongAxes, settled } from './truth.fixtures';

const CHARGERS = 200;
const PLACES = 8;
const ROUNDS = scaled(1, 20);
const COMMANDS_AT_ONCE = 20;

const placeNames = Array.from({ length: PLACES }, (_, n) => `p${String(n)}`);
const unitNames = Array.from({ length: CHARGERS }, (_, n) => `u${String(n)}`);

describe('200 concurrent mounts on few backplates, from two processes', () => {
  let engines: EnginesApart;
  let servers: [ServerProcess, ServerProcess];

  beforeAll(async () => {
    engines = await EnginesApart.start();
    servers = [await engines.process(), await engines.process('api')];
    const world: Command[] = [
      { name: 'registerSite', input: { id: 'yard', name: 'Yard', timeZone: 'UTC' } },
      { name: 'addCircuit', input: { id: 'row', site: 'yard' } },
      ...placeNames.map((id) => ({ name: 'installBackplate', input: { id, circuit: 'row' } })),
      ...unitNames.map((serial) => ({ name: 'registerCharger', input: { serial } })),
    ];
    for (let next = 0; next < world.length; next += COMMANDS_AT_ONCE)
      await new Book(servers[0]).commands(world.slice(next, next + COMMANDS_AT_ONCE));
  }, patienceMs);

  afterAll(async () => {
    await cleanUp();
    await engines.stop();
  }, patienceMs);

  it(
    'put one charger on each, and tell all others so',
    async () => {
      const chance = new Chance('mounts', seed);
      const codes: Record<string, number> = {};
      for (let round = 0; round < ROUNDS; round++) {
        const outcomes = await Promise.all(
          unitNames.map((charger, n) =>
            new Book(servers[n % 2]!).command('mountCharger', {
              charger,
              backplate: chance.pick(placeNames),
            }),
          ),
        );
        for (const outcome of outcomes) count(codes, outcome);
        const facts = await factsOnceSettled();
        expect(await faultsAlongAxes(servers, unitNames, placeNames, facts)).toEqual([]);
        const mounted = unitNames.filter((_, n) => outcomes[n]!.__typename === 'Receipt');
        expect(mounted.length).toBeLessThanOrEqual(PLACES);
        expect(mounted.length).toBeGreaterThan(0);
        const taken = outcomes.filter(({ __typename: type }) => type === 'Rejection');
        expect(new Set(taken.map(({ code }) => code))).toEqual(new Set(['BACKPLATE_OCCUPIED']));
        // All at once again: down, through either process.
        await Promise.all(
          mounted.map((charger, n) =>
            new Book(servers[(n + round) % 2]!).record('dismountCharger', { charger }),
          ),
        );
      }
      tell('mounts from two processes', { rounds: ROUNDS, ...codes });
    },
    patienceMs,
  );

  async function factsOnceSettled() {
    await settled(servers);
    const store = engines.connect();
    const facts = await everyFact(store);
    await store.close();
    return facts;
  }
});

function count(codes: Record<string, number>, { __typename: type, code }: Outcome): void {
  const key = type === 'Receipt' ? 'mounted' : code;
  codes[key] = (codes[key] ?? 0) + 1;
}
