import { useEffect, useState } from 'react';
import type { Client } from 'urql';
import { gql, useClient } from 'urql';
import { graphql } from '../api/graphql';

const AT_ONCE = 50;

const chargersQuery = graphql(`
  query ChargersOfList($serials: [ID!]) {
    chargers(filter: { serials: $serials, retired: null }, first: 100) {
      nodes {
        serial
        retiredAt
        placement {
          backplateId
          siteName
        }
      }
    }
  }
`);

/** What is known of the things in a list. A thing that is not there is unknown. */
export interface Known {
  /** Where each charger hangs, or null where it hangs nowhere. */
  readonly chargers: ReadonlyMap<string, string | null>;
  /** Which charger hangs at each place, or null where none does. */
  readonly places: ReadonlyMap<string, string | null>;
}

function chunksOf<Item>(items: readonly Item[]): Item[][] {
  const count = Math.ceil(items.length / AT_ONCE);
  return Array.from({ length: count }, (_, at) => items.slice(at * AT_ONCE, (at + 1) * AT_ONCE));
}

type PlacesAnswer = Record<string, { id: string; charger: { serial: string } | null } | null>;

async function placesAmong(client: Client, ids: readonly string[]): Promise<[string, string | null][]> {
  const declared = ids.map((_, at) => `$i${String(at)}: ID!`).join(' ');
  const fields = ids.map(
    (_, at) => `p${String(at)}: backplate(id: $i${String(at)}) { id charger { serial } }`,
  );
  const document = gql<PlacesAnswer>(`query PlacesOfList(${declared}) { ${fields.join(' ')} }`);
  const variables = Object.fromEntries(ids.map((id, at) => [`i${String(at)}`, id]));
  const { data } = await client.query(document, variables, { requestPolicy: 'network-only' }).toPromise();
  return Object.values(data ?? {}).flatMap((place) =>
    typeof place === 'object' && place != null
      ? [[place.id, place.charger?.serial ?? null] as [string, string | null]]
      : [],
  );
}

async function chargersAmong(client: Client, serials: string[]): Promise<[string, string | null][]> {
  const { data } = await client
    .query(chargersQuery, { serials }, { requestPolicy: 'network-only' })
    .toPromise();
  return (data?.chargers.nodes ?? []).map(({ serial, placement }) => [
    serial,
    placement?.backplateId ?? null,
  ]);
}

/** Looks up the things that a list names; undefined until the answer is there. */
export function useKnown(serials: readonly string[], ids: readonly string[]): Known | undefined {
  const client = useClient();
  const [known, setKnown] = useState<Known>();
  const key = JSON.stringify([serials, ids]);
  useEffect(() => {
    let isOver = false;
    setKnown(undefined);
    const [wantedSerials, wantedIds] = JSON.parse(key) as [string[], string[]];
    const load = async () => {
      const chargers = await Promise.all(
        chunksOf(wantedSerials).map((chunk) => chargersAmong(client, chunk)),
      );
      const places = await Promise.all(chunksOf(wantedIds).map((chunk) => placesAmong(client, chunk)));
      if (!isOver) setKnown({ chargers: new Map(chargers.flat()), places: new Map(places.flat()) });
    };
    void load();
    return () => {
      isOver = true;
    };
  }, [client, key]);
  return known;
}
