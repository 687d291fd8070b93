import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventStore } from '@chargebook/event-store';
import { Book } from '../book.fixtures';
import type { ServerProcess } from '../server-process.fixtures';
import { cleanUp } from '../server-process.fixtures';
import type { Temper } from './fault-proxy.fixtures';
import { EnginesApart, everyFact } from './engines-apart.fixtures';
import { isTorture, patienceMs, scaled, tell } from './scale.fixtures';
import { faultsAlongAxes, settled, truthOf } from './truth.fixtures';

const UNITS = 3;
/** Slow enough that a step is seen before the next one is done. */
const SLOW: Temper = { medianBytes: Number.MAX_SAFE_INTEGER, smoothPart: 1, longestDelayMs: 15, slowPart: 1 };
/** Everything that one of these writes, fact by fact; at one more the server dies after its last step. */
const KINDS = [
  { name: 'relocateCharger', steps: 5 },
  { name: 'a swap', steps: 14 },
  { name: 'a ring of three', steps: 20 },
] as const;
type Kind = (typeof KINDS)[number]['name'];

const all = KINDS.flatMap(({ name, steps }) =>
  Array.from({ length: steps }, (_, n) => ({ kind: name, step: n + 1 })),
);
/** In a test one of each kind, in the middle; in a torture every step of every kind. */
const chosen = isTorture ? all.slice(0, scaled(0, all.length)) : [all[2]!, all[5 + 7]!, all[5 + 14 + 13]!];

const units = Array.from({ length: UNITS }, (_, n) => `u${String(n)}`);
const places = Array.from({ length: UNITS + 1 }, (_, n) => `p${String(n)}`);

describe('a process that is killed at a step of moves', () => {
  let engines: EnginesApart;
  let survivor: ServerProcess;
  let store: EventStore;
  let seen = 0;
  const stopping = new AbortController();

  beforeAll(async () => {
    engines = await EnginesApart.start(SLOW);
    engines.databaseWire.calm();
    survivor = await engines.process();
    store = engines.connect();
    const book = new Book(survivor);
    await book.record('registerSite', { id: 'yard', name: 'Yard', timeZone: 'UTC' });
    await book.record('addCircuit', { id: 'row', site: 'yard' });
    for (const id of places) await book.record('installBackplate', { id, circuit: 'row' });
    for (const [n, serial] of units.entries()) {
      await book.record('registerCharger', { serial });
      await book.record('mountCharger', { charger: serial, backplate: places[n] });
    }
    void watch();
  }, patienceMs);

  afterAll(async () => {
    stopping.abort();
    await store.close();
    await cleanUp();
    await engines.stop();
  }, patienceMs);

  let onFact: () => void = () => undefined;
  async function watch(): Promise<void> {
    for await (const { entries } of store.follow({ signal: stopping.signal }))
      for (const _ of entries) {
        seen += 1;
        onFact();
      }
  }

  it.each(chosen)(
    '$kind, step $step: afterwards there is one truth, without help',
    async ({ kind, step }) => {
      const { byCharger } = await truthOf(survivor, units, places);
      const moves = movesOf(kind, byCharger);
      const victim = await engines.process('api');
      const facts = await everyFact(store);
      const died = new Promise<void>((resolve) => {
        onFact = () => {
          if (seen < facts.length + step) return;
          onFact = () => undefined;
          void victim.kill().then(resolve);
        };
      });
      const commandId = `${kind.replaceAll(' ', '-')}.${String(step)}`;
      const send = (server: ServerProcess) =>
        kind === 'relocateCharger'
          ? new Book(server).command('relocateCharger', moves[0]!, { commandId })
          : new Book(server).command('relocateChargers', { moves }, { commandId });
      const answer = send(victim).catch(() => undefined);
      await Promise.race([died, answer.then(() => victim.kill())]);
      const told = await answer;

      // Nobody touches anything: the process that lives puts it right.
      await settled([survivor]);
      const kept = await everyFact(store);
      expect(await faultsAlongAxes([survivor], units, places, kept)).toEqual([]);
      const now = (await truthOf(survivor, units, places)).byCharger;
      const done = {
        ...byCharger,
        ...Object.fromEntries(moves.map(({ charger, backplate }) => [charger, backplate])),
      };
      expect([byCharger, done]).toContainEqual(now);
      if (told != null) expect(now).toEqual(done);
      expect(await send(survivor)).toMatchObject({ __typename: 'Receipt' });
      await settled([survivor]);
      expect((await truthOf(survivor, units, places)).byCharger).toEqual(done);
      const mounts = (await everyFact(store)).filter(
        ({ type, metadata }) => type === 'ChargerMounted' && metadata.commandId === commandId,
      );
      expect(mounts).toHaveLength(moves.length);
      tell(`killed at ${kind}`, {
        step,
        facts: kept.length - facts.length,
        done: now[moves[0]!.charger] === done[moves[0]!.charger],
        told: told != null,
      });
    },
    patienceMs,
  );
});

function movesOf(kind: Kind, where: Readonly<Record<string, string | undefined>>) {
  if (kind === 'relocateCharger') {
    const free = places.find((place) => !Object.values(where).includes(place)) ?? '';
    return [{ charger: units[0]!, backplate: free }];
  }
  const those = kind === 'a swap' ? units.slice(0, 2) : units;
  return those.map((charger, n) => ({ charger, backplate: where[those[(n + 1) % those.length]!]! }));
}
