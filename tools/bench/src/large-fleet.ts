import path from 'node:path';
import type { Destination, DomainEvent } from '@chargebook/domain';
import { backplateStream, chargerStream, circuitStream, instantOf, siteStream } from '@chargebook/domain';
import { startEmbeddedEventStore } from '@chargebook/embedded-eventstore';
import { connectEventStore } from '@chargebook/event-store';
import type { BookServer } from './book-server';
import { factOf, recordAll } from './fleet';

export const CHARGERS_OF_SITE = 100;
const CHARGERS_AT_ONCE = 2_000;
const BEGAN_MS = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;
const MODELS = ['Wallbox 11', 'Wallbox 22', 'Pro', undefined];
const ONE_IN = { car: 5, stored: 40 } as const;
const DESTINATIONS: readonly Destination[] = ['STORE', 'REPAIR', 'TRANSIT', 'SCRAP'];

/**
 * Fills the events of an empty data directory with many chargers, each of which was mounted; one in five has a car, one in
 * forty was taken down again.
 */
export async function fillLargeFleet(directory: string, chargers: number): Promise<void> {
  const engine = await startEmbeddedEventStore({ directory: path.join(directory, 'events') });
  const store = connectEventStore({ endpoint: engine.endpoint });
  for (let from = 0; from < chargers; from += CHARGERS_AT_ONCE)
    await recordAll(store, factsOf(from, Math.min(chargers, from + CHARGERS_AT_ONCE), chargers));
  await store.close();
  await engine.stop();
}

/** Waits until all of them can be read. */
export async function caughtUpWith(server: BookServer, chargers: number): Promise<void> {
  for (;;) {
    const answer = await server.ask(
      '{ book { projections { lagFacts } } chargers(first: 0) { totalCount } }',
    );
    const { data } = JSON.parse(answer) as {
      data: { book: { projections: { lagFacts: string }[] }; chargers: { totalCount: number } };
    };
    const isBehind = data.book.projections.some(({ lagFacts }) => lagFacts !== '0');
    if (!isBehind && data.chargers.totalCount === chargers) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

export function siteOf(nth: number): string {
  return `s${nth}`;
}

/** Serials do not follow the order in which they were registered. */
export function serialOf(n: number, chargers: number): string {
  return `C${String((n * 7_919) % chargers).padStart(6, '0')}`;
}

/** The facts of some chargers, and of the sites that begin with them. */
function* factsOf(from: number, to: number, chargers: number) {
  const told = (stream: string, event: DomainEvent, minutes = 0) =>
    factOf(`${stream} ${event.type}`, stream, event, instantOf(BEGAN_MS + minutes * MINUTE_MS));
  for (let n = from; n < to; n += 1) {
    const nth = Math.floor(n / CHARGERS_OF_SITE);
    const [site, circuit, backplate, charger] = [siteOf(nth), `k${nth}`, `p${n}`, serialOf(n, chargers)];
    if (n % CHARGERS_OF_SITE === 0) {
      const data = {
        site,
        name: `Site ${nth}`,
        timeZone: 'Europe/Berlin',
        gridType: 'TN',
        operator: 'default',
      } as const;
      yield told(siteStream(site), { type: 'SiteRegistered', data });
      yield told(circuitStream(circuit), {
        type: 'CircuitAdded',
        data: { circuit, site, fuseRatingAmps: 400 },
      });
    }
    yield told(backplateStream(backplate), { type: 'BackplateInstalled', data: { backplate, circuit } });
    const data = {
      charger,
      model: MODELS[n % MODELS.length],
      productLine: 'HOME',
      protocol: 'NATIVE',
      phaseMode: 'AUTO',
      operator: 'default',
    } as const;
    const own = chargerStream(charger);
    yield told(own, { type: 'ChargerRegistered', data });
    // Lives begin one after the other, in another order than that of serials.
    const minute = (n * 104_729) % chargers;
    yield told(own, { type: 'ChargerMounted', data: { charger, backplate } }, minute);
    if (n % ONE_IN.car === 0)
      yield told(own, { type: 'SessionStarted', data: { charger, session: `${charger}-1` } }, minute + 60);
    if (n % ONE_IN.stored === 1) {
      const destination = DESTINATIONS[Math.floor(n / ONE_IN.stored) % DESTINATIONS.length] ?? 'STORE';
      yield told(own, { type: 'ChargerDismounted', data: { charger, backplate, destination } }, minute + 90);
    }
  }
}
