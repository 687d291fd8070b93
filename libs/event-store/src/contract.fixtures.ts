import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import type { NewFact } from '@chargebook/domain';
import { aFact } from './envelope.fixtures';
import type { BookEntry, EventStore, Position } from './event-store';

export const aStream = () => `site-${randomUUID()}`;

export const anUnreadableFact = () => aFact({ type: 'SiteBlessed' } as unknown as Partial<NewFact>);

export const aSystemFact = () => aFact({ type: '$tested' } as unknown as Partial<NewFact>);

export function aFactOfBytes(sizeBytes: number): NewFact {
  return aFact({ data: { site: 'S1', name: 'x'.repeat(sizeBytes) } } as Partial<NewFact>);
}

/** A position that is in the book, so that what comes after it is the test's own. */
export async function somewhere(store: EventStore): Promise<Position> {
  const { position } = await store.append(aStream(), [aFact()], 'NO_STREAM');
  return position;
}

/** Ids of the appended facts. */
export async function appendOneByOne(store: EventStore, count: number): Promise<string[]> {
  const stream = aStream();
  const facts = Array.from({ length: count }, () => aFact());
  for (const [index, fact] of facts.entries()) {
    await store.append(stream, [fact], index === 0 ? 'NO_STREAM' : index - 1);
  }
  return facts.map(({ eventId }) => eventId);
}

export function idsOf(entries: readonly BookEntry[]): string[] {
  return entries.map(({ content }) => ('fact' in content ? content.fact : content.unreadable).eventId);
}

export function expectInOrder(entries: readonly BookEntry[]): void {
  const positions = entries.map(({ position }) => position);
  expect(positions).toStrictEqual([...new Set(positions)].sort((a, b) => (a < b ? -1 : 1)));
}
