import type { AllStreamResolvedEvent, EventStoreDBClient } from '@eventstore/db-client';
import { writtenEvent } from './envelope';
import type { Position, WrittenEvent } from './event-store';
import type { Patience } from './patience';
import { backOffMs } from './patience';
import { setTimeout as delay } from 'node:timers/promises';

/** An event as it was written, and its place in the store's total order. */
export interface BookEvent extends WrittenEvent {
  readonly position: Position;
  readonly isJson: boolean;
}

const PAGE_EVENTS = 1_000;

/**
 * A store's events in their order, its own left out: those after one position, up to another. They are read in pages, so
 * that no call has to last as long as whoever takes them, and a page that fails is read again within bounds.
 */
export async function* eventsOf(
  client: EventStoreDBClient,
  patience: Patience,
  after?: Position,
  upTo?: Position,
): AsyncGenerator<BookEvent, undefined, undefined> {
  for (let known = after; ;) {
    const page = await pageAfter(client, patience, known);
    for (const { event } of page) {
      if (event == null || (known != null && event.position.commit <= known)) continue;
      known = event.position.commit;
      if (upTo != null && known > upTo) return undefined;
      if (!event.type.startsWith('$'))
        yield { ...writtenEvent(event), position: known, isJson: event.isJson };
    }
    if (page.length < PAGE_EVENTS) return undefined;
  }
}

/** The position of the last event of all; undefined when there is none. */
export async function headOf(client: EventStoreDBClient): Promise<Position | undefined> {
  let head: Position | undefined;
  const last = client.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 1 });
  for await (const { event } of last) head = event?.position.commit;
  return head;
}

/** Whether two events are the same in all but their positions. */
export function sameEvent(one: BookEvent, other: BookEvent): boolean {
  return (
    JSON.stringify({ ...one, position: undefined }) === JSON.stringify({ ...other, position: undefined })
  );
}

async function pageAfter(
  client: EventStoreDBClient,
  patience: Patience,
  known: Position | undefined,
): Promise<AllStreamResolvedEvent[]> {
  const endMs = performance.now() + patience.retryBudgetMs;
  for (let failures = 1; ; failures += 1) {
    try {
      const page: AllStreamResolvedEvent[] = [];
      const fromPosition = known == null ? ('start' as const) : { commit: known, prepare: known };
      for await (const event of client.readAll({ fromPosition, maxCount: PAGE_EVENTS })) page.push(event);
      return page;
    } catch (fault) {
      if (performance.now() >= endMs) throw fault;
    }
    await delay(backOffMs(patience, failures));
  }
}
