import type { EventStore, Position } from '@chargebook/event-store';
import { UnreadableFactError } from '@chargebook/event-store';
import type { Database, Transaction } from '../database/database';
import type { Mark } from './marks';
import { LEDGER } from './marks';

/** The event store does not hold the ledger's last fact: the read models are made from another book. */
export class OtherStoreError extends Error {
  constructor({ stream, revision }: { readonly stream: string; readonly revision: number }) {
    super(
      `the event store does not hold the last fact of the read models (${stream}@${String(revision)}): ` +
        'they belong to another book; begin with an empty database',
    );
    this.name = 'OtherStoreError';
  }
}

/**
 * Where the ledger's last fact lies in this store, when that is elsewhere than where it was read: the book was moved into
 * another store, which has positions of its own.
 *
 * @throws OtherStoreError
 */
export async function movedPlace(
  database: Database,
  store: EventStore,
  { sequence, position }: Pick<Mark, 'sequence' | 'position'>,
): Promise<Position | undefined> {
  const [last] = await database.query<{
    position: number;
    event_id: string;
    stream: string;
    revision: number;
  }>('SELECT position, event_id, stream, revision FROM ledger.fact WHERE sequence = $1', [sequence]);
  if (last == null) return undefined;
  try {
    const [fact] = await store.read(last.stream, last.revision);
    if (fact == null || fact.eventId !== last.event_id) throw new OtherStoreError(last);
    // Behind the last fact there may be what is none, which was passed as well.
    const isWhereItWas = fact.bookOrder === last.position && (position ?? 0) >= fact.bookOrder;
    return isWhereItWas ? undefined : BigInt(fact.bookOrder);
  } catch (error) {
    // What cannot be read here was read there by the same program: nothing is known of its place.
    if (error instanceof UnreadableFactError) return undefined;
    throw error;
  }
}

/** From here on the ledger goes on behind that place. */
export async function moveLedger(transaction: Transaction, sequence: number, place: Position): Promise<void> {
  await transaction.query('UPDATE book.projection SET position = $2 WHERE name = $1', [
    LEDGER,
    Number(place),
  ]);
  await transaction.query('UPDATE ledger.fact SET position = $2 WHERE sequence = $1', [
    sequence,
    Number(place),
  ]);
}
