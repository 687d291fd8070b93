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

/** Plans that are decided and, as far as the read models know, not done. */
export async function openRelocations(database: Queryable): Promise<RelocationReference[]> {
  return database.query<RelocationReference & object>(
    'SELECT relocation, plan::text FROM relocations.span WHERE completed IS NULL ORDER BY committed',
  );
}
