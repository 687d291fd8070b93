import type { Fact } from '@chargebook/domain';
import { Book } from '../book.fixtures';
import type { ServerProcess } from '../server-process.fixtures';

interface Truth {
  /** Backplate by charger, as chargers say. */
  readonly byCharger: Readonly<Record<string, string | undefined>>;
  /** Charger by backplate, as backplates say. */
  readonly byPlace: Readonly<Record<string, string | undefined>>;
}

/** What one side says. */
interface Side {
  readonly placement?: { readonly backplateId: string } | null;
  readonly charger?: { readonly serial: string } | null;
}

/** Waits until every process shows all that is recorded. */
export async function settled(servers: readonly ServerProcess[]): Promise<void> {
  for (const server of servers) await new Book(server).caughtUp();
}

/** Who hangs where, asked in one document from both sides. */
export async function truthOf(
  server: ServerProcess,
  chargers: readonly string[],
  places: readonly string[],
): Promise<Truth> {
  const fields = [
    ...chargers.map((id, n) => `c${String(n)}: charger(serial: "${id}") { placement { backplateId } }`),
    ...places.map((id, n) => `p${String(n)}: backplate(id: "${id}") { charger { serial } }`),
  ];
  const said = await new Book(server).query<Record<string, Side | null>>(`{ ${fields.join(' ')} }`);
  const sideOf = (kind: 'c' | 'p', n: number) => said[`${kind}${String(n)}`];
  return {
    byCharger: Object.fromEntries(chargers.map((id, n) => [id, sideOf('c', n)?.placement?.backplateId])),
    byPlace: Object.fromEntries(places.map((id, n) => [id, sideOf('p', n)?.charger?.serial])),
  };
}

/** What the facts say of where chargers hang: mounts and dismounts of each, as they were recorded. */
function truthInStore(
  chargers: readonly string[],
  facts: readonly Fact[],
): Record<string, string | undefined> {
  const where = new Map<string, string | undefined>();
  for (const fact of facts) {
    if (fact.type === 'ChargerMounted') where.set(fact.data.charger, fact.data.backplate);
    if (fact.type === 'ChargerDismounted') where.set(fact.data.charger, undefined);
  }
  return Object.fromEntries(chargers.map((charger) => [charger, where.get(charger)]));
}

/** Where processes, sides and the store differ, or a place has two: nothing, where there is one truth. */
export async function faultsAlongAxes(
  servers: readonly ServerProcess[],
  chargers: readonly string[],
  places: readonly string[],
  facts: readonly Fact[],
): Promise<string[]> {
  const inStore = truthInStore(chargers, facts);
  const faults: string[] = [];
  for (const place of places) {
    const here = chargers.filter((charger) => inStore[charger] === place);
    if (here.length > 1) faults.push(`${place} has ${here.join(' and ')} in the store`);
  }
  for (const [n, server] of servers.entries()) {
    const { byCharger, byPlace } = await truthOf(server, chargers, places);
    for (const charger of chargers)
      if (byCharger[charger] !== inStore[charger])
        faults.push(
          `process ${String(n)}: ${charger} hangs on ${String(byCharger[charger])}, in the store on ${String(inStore[charger])}`,
        );
    for (const place of places) {
      const there = chargers.find((charger) => inStore[charger] === place);
      if (byPlace[place] !== there)
        faults.push(
          `process ${String(n)}: ${place} has ${String(byPlace[place])}, in the store ${String(there)}`,
        );
    }
  }
  return faults;
}
