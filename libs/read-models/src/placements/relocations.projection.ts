import type { RelocationReference } from '@chargebook/domain';
import type { Queryable, Transaction } from '../database/database';
import type { LedgerFact } from '../ledger/ledger';
import type { Projection } from '../projector/projection';

/** The sequences between which the facts of several moves come in that are one act. */
export const relocationsProjection: Projection = {
  name: 'relocations',
  version: 1,
  tables: ['span'],
  thingsOf: (fact) => {
    const reference = referenceOf(fact);
    return reference == null ? [] : [`relocation:${reference.relocation}`];
  },
  take: async (transaction, news) => {
    for (const fact of [...news.values()].flat()) await takeOutcome(transaction, fact);
  },
};

function referenceOf({ type, data }: LedgerFact): RelocationReference | undefined {
  const isOutcome = type === 'RelocationCommitted' || type === 'RelocationCompleted';
  return isOutcome ? (data as RelocationReference) : undefined;
}

async function takeOutcome(transaction: Transaction, fact: LedgerFact): Promise<void> {
  const reference = referenceOf(fact);
  if (reference == null) return;
  if (fact.type === 'RelocationCommitted') {
    await transaction.query('INSERT INTO span (plan, relocation, committed) VALUES ($1, $2, $3)', [
      reference.plan,
      reference.relocation,
      fact.bookOrder,
    ]);
  } else {
    await transaction.query('UPDATE span SET completed = $2 WHERE plan = $1', [
      reference.plan,
      fact.bookOrder,
    ]);
  }
}

/** Before the first of those plans that are decided and not done; infinite where there is none. */
export const WHOLE_UP_TO = `coalesce((SELECT min(committed) FROM relocations.span WHERE completed IS NULL), 9007199254740991)`;

/** The last sequence at or before one at which no plan is half done. */
export async function wholeCut(database: Queryable, cut: number): Promise<number> {
  for (let whole = cut; ;) {
    const rows = await database.query<{ committed: number | null }>(
      `SELECT min(committed) AS committed FROM relocations.span
       WHERE committed < $1 AND (completed IS NULL OR completed > $1)`,
      [whole],
    );
    const committed = rows[0]?.committed;
    if (committed == null) return whole;
    // That fact itself changes nothing; another plan may have been half done at it.
    whole = committed;
  }
}

/** Plans that are decided and, as far as the read models know, not done. */
export async function openRelocations(database: Queryable): Promise<RelocationReference[]> {
  return database.query<RelocationReference & object>(
    'SELECT relocation, plan::text FROM relocations.span WHERE completed IS NULL ORDER BY committed',
  );
}
