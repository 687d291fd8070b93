import type { AskedCharger, BookClient } from '../book-client';
import { concurrently, inChunks } from './concurrently';
import type { KnownThings } from './plan';
import { placeOf } from './plan';
import type { SessionRow } from './session-row';

/** How many ids one look-up takes. */
const idsPerLookUp = 20;

/** A session that began longer before the file's first one than this is not held against its rows. */
const longestSessionMs = 31 * 86_400_000;

/** Asks the book what it has of the things that the rows name, with the sessions of the time in question. */
export async function lookUp(
  rows: SessionRow[],
  book: BookClient,
  concurrency: number,
): Promise<KnownThings> {
  const places = rows.map(placeOf);
  const asked = askedChargers(rows);
  const [sites, circuits, backplates, chargers] = [
    await concurrently(chunked(places.map(({ site }) => site)), concurrency, (ids) => book.findSites(ids)),
    await concurrently(chunked(places.map(({ circuit }) => circuit)), concurrency, (ids) =>
      book.findCircuits(ids),
    ),
    await concurrently(chunked(places.map(({ backplate }) => backplate)), concurrency, (ids) =>
      book.findBackplates(ids),
    ),
    await concurrently(inChunks(asked, idsPerLookUp), concurrency, (some) => book.findChargers(some)),
  ];
  return {
    sites: new Set(sites.flatMap((some) => [...some])),
    circuits: new Map(circuits.flatMap((some) => [...some])),
    backplates: new Map(backplates.flatMap((some) => [...some])),
    chargers: new Map(chargers.flatMap((some) => [...some])),
  };
}

function chunked(ids: string[]): string[][] {
  return inChunks([...new Set(ids)], idsPerLookUp);
}

function askedChargers(rows: SessionRow[]): AskedCharger[] {
  const spans = new Map<string, AskedCharger>();
  for (const { charger, startedAtMs, endedAtMs } of rows) {
    const fromMs = startedAtMs - longestSessionMs;
    // One more, for a session that begins at the very end.
    const toMs = endedAtMs + 1;
    const span = spans.get(charger);
    if (span == null) spans.set(charger, { serial: charger, fromMs, toMs });
    else {
      span.fromMs = Math.min(span.fromMs, fromMs);
      span.toMs = Math.max(span.toMs, toMs);
    }
  }
  return [...spans.values()];
}
