import { expect, it } from '@jest/globals';
import type { EventStore } from '@chargebook/event-store';
import { Book } from '../book.fixtures';
import type { ServerProcess } from '../server-process.fixtures';
import { eventually } from '../server-process.fixtures';
import type { Temper } from './fault-proxy.fixtures';
import type { Testbed } from './engines-apart.fixtures';
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
const stride = Math.ceil(all.length / Math.max(1, scaled(2, all.length)));
/** In a test one of two kinds, in the middle; in a torture every step of every kind, or each so-manieth. */
const chosen = isTorture ? all.filter((_, n) => n % stride === 0) : [all[2]!, all[5 + 7]!];

const units = Array.from({ length: UNITS }, (_, n) => `u${String(n)}`);
const places = Array.from({ length: UNITS + 1 }, (_, n) => `p${String(n)}`);

/** A process that is killed at a step of moves, beside one that lives. */
export function crashesInMoves(testbed: () => Testbed): void {
  let isFurnished = false;
  const furnish = async () => {
    if (isFurnished) return;
    isFurnished = true;
    const book = new Book(testbed().server);
    await book.record('registerSite', { id: 'yard', name: 'Yard', timeZone: 'UTC' });
    await book.record('addCircuit', { id: 'row', site: 'yard' });
    for (const id of places) await book.record('installBackplate', { id, circuit: 'row' });
    for (const [n, serial] of units.entries()) {
      await book.record('registerCharger', { serial });
      await book.record('mountCharger', { charger: serial, backplate: places[n] });
    }
  };

  it.each(chosen)(
    'killed at $kind, step $step: afterwards there is one truth, without help',
    async ({ kind, step }) => {
      const { engines, server: survivor } = testbed();
      await furnish();
      const { byCharger } = await truthOf(survivor, units, places);
      const moves = movesOf(kind, byCharger);
      engines.storeWire.rage(SLOW);
      const victim = await engines.process('api');
      const facts = await engines.facts();
      const stopping = new AbortController();
      const died = atStep(engines.connect(), facts.length + step, stopping.signal).then(() => victim.kill());
      const commandId = `${kind.replaceAll(' ', '-')}.${String(step)}`;
      const send = (server: ServerProcess) =>
        kind === 'relocateCharger'
          ? new Book(server).command('relocateCharger', moves[0]!, { commandId })
          : new Book(server).command('relocateChargers', { moves }, { commandId });
      const answer = send(victim).catch(() => undefined);
      await Promise.race([died, answer.then(() => victim.kill())]);
      const told = await answer;
      stopping.abort();
      engines.calm();

      const done = {
        ...byCharger,
        ...Object.fromEntries(moves.map(({ charger, backplate }) => [charger, backplate])),
      };
      // Nobody touches anything: the process that lives puts it right, and shows all or nothing meanwhile.
      await eventually('there is one truth', async () => {
        await settled([survivor]);
        expect([byCharger, done]).toContainEqual((await truthOf(survivor, units, places)).byCharger);
        return (await faultsAlongAxes([survivor], units, places, await engines.facts())).length === 0;
      });
      const kept = await engines.facts();
      const now = (await truthOf(survivor, units, places)).byCharger;
      if (told != null) expect(now).toEqual(done);
      expect(await send(survivor)).toMatchObject({ __typename: 'Receipt' });
      await settled([survivor]);
      expect((await truthOf(survivor, units, places)).byCharger).toEqual(done);
      const mounts = (await engines.facts()).filter(
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
}

/** Waits until the store has so many facts; ends without that when the signal says so. */
async function atStep(store: EventStore, factCount: number, signal: AbortSignal): Promise<void> {
  let seen = 0;
  for await (const { entries } of store.follow({ signal })) {
    seen += entries.length;
    if (seen >= factCount) break;
  }
  void store.close();
}

function movesOf(kind: Kind, where: Readonly<Record<string, string | undefined>>) {
  if (kind === 'relocateCharger') {
    const free = places.find((place) => !Object.values(where).includes(place)) ?? '';
    return [{ charger: units[0]!, backplate: free }];
  }
  const those = kind === 'a swap' ? units.slice(0, 2) : units;
  return those.map((charger, n) => ({ charger, backplate: where[those[(n + 1) % those.length]!]! }));
}
