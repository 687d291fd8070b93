import type { Fact } from '@chargebook/domain';
import { backplateEvolution, chargerEvolution, Lifeline, reservationsOf, staysOf } from '@chargebook/domain';
import { spansOverlap } from '@chargebook/domain';
import type { EventStore } from '@chargebook/event-store';
import type { CommandIndex } from './recording/command-keys';

/** Every fact of a book, in book order. */
export async function everyFact(store: EventStore): Promise<Fact[]> {
  const head = await store.head();
  const facts: Fact[] = [];
  if (head == null) return facts;
  const stopping = new AbortController();
  for await (const { entries, position } of store.follow({ signal: stopping.signal })) {
    for (const { content } of entries) {
      if ('unreadable' in content) throw new Error(content.unreadable.problem);
      facts.push(content.fact);
    }
    if (position >= head) stopping.abort();
  }
  return facts;
}

/** An index that is never behind. */
export function indexOver(store: EventStore): CommandIndex {
  return {
    async find({ actorKind, actorId, commandId }) {
      const facts = await everyFact(store);
      const used = facts.find(
        ({ metadata: { actor, ...metadata } }) =>
          actor.kind === actorKind && actor.id === actorId && metadata.commandId === commandId,
      );
      return used == null ? undefined : { inputHash: used.metadata.inputHash, stream: used.stream };
    },
  };
}

/** What is wrong with the placements of some things, by both axes: nothing, where the book is right. */
export async function faultsOf(
  store: EventStore,
  { chargers, backplates }: { chargers: readonly string[]; backplates: readonly string[] },
): Promise<string[]> {
  const faults: string[] = [];
  const stays = [];
  for (const charger of chargers) {
    const recorded = await store.read(`charger-${charger}`);
    faults.push(...gapsIn(recorded));
    const life = Lifeline.of(chargerEvolution, recorded);
    const placed = staysOf(life.facts);
    if (placed.doubleMounts.length > 0) faults.push(`${charger} hangs on two backplates`);
    stays.push(...placed.stays);
  }
  for (const backplate of backplates) {
    const recorded = await store.read(`backplate-${backplate}`);
    faults.push(...gapsIn(recorded));
    const reservations = reservationsOf(Lifeline.of(backplateEvolution, recorded).recorded);
    for (const { id, settled } of reservations) if (!settled) faults.push(`${backplate} is open for ${id}`);
    const here = stays.filter((stay) => stay.backplate === backplate);
    for (const [index, stay] of here.entries()) {
      const other = here.slice(index + 1).find((each) => spansOverlap(stay, each));
      if (other != null) faults.push(`${backplate} has ${stay.charger} and ${other.charger} at once`);
      const holds = reservations.some(
        ({ charger, from, until }) =>
          charger === stay.charger &&
          from <= stay.from &&
          (until == null || (stay.until != null && stay.until <= until)),
      );
      if (!holds && stay.from !== stay.until) faults.push(`${backplate} is not held for ${stay.charger}`);
    }
  }
  return faults;
}

/** Where a charger hangs after everything that is recorded. */
export async function placeOf(store: EventStore, charger: string): Promise<string | undefined> {
  const life = Lifeline.of(chargerEvolution, await store.read(`charger-${charger}`));
  return life.head.mounting?.backplate;
}

/** What is wrong with a stream's numbering and ids. */
export function gapsIn(recorded: readonly Fact[]): string[] {
  const numbered = recorded.every(({ revision }, index) => revision === index);
  const ids = new Set(recorded.map(({ eventId }) => eventId));
  return numbered && ids.size === recorded.length ? [] : [`gaps in ${recorded[0]?.stream ?? ''}`];
}
