import { controlOver } from '@chargebook/domain';
import type { Transaction } from '../database/database';
import type { LedgerFact } from '../ledger/ledger';
import { factsAbout } from '../ledger/ledger';
import type { Projection } from '../projector/projection';
import { idsOfThings } from '../projector/projection';

const KINDS = [
  {
    scope: 'charger',
    table: 'charger_control',
    types: ['ChargerRegistered', 'ChargerControlTransferred'],
  },
  { scope: 'site', table: 'site_control', types: ['SiteRegistered', 'SiteControlTransferred'] },
] as const;

/** Who has control, and who had it when: in the order of recording, whatever corrections say. */
export const accessProjection: Projection = {
  name: 'access',
  version: 1,
  tables: KINDS.map(({ table }) => table),
  thingsOf: ({ type, scope }) =>
    KINDS.flatMap((kind) => {
      const id = scope[kind.scope];
      return id != null && (kind.types as readonly string[]).includes(type) ? [`${kind.scope}:${id}`] : [];
    }),
  take: async (transaction, news, after) => {
    for (const kind of KINDS) await takeInto(kind, transaction, news, after);
  },
};

async function takeInto(
  { scope, table, types }: (typeof KINDS)[number],
  transaction: Transaction,
  news: ReadonlyMap<string, readonly LedgerFact[]>,
  after: number,
): Promise<void> {
  const ids = idsOfThings(news.keys(), scope);
  if (ids.length === 0) return;
  const known = await factsAbout(transaction, { scope, ids, types }, after + 1);
  const rows = ids.flatMap((id) => {
    const facts = [...(known.get(id) ?? []), ...(news.get(`${scope}:${id}`) ?? [])];
    const taken = controlOver(facts);
    // Whoever registered it had it from the beginning of the world: what is told of before happened under them.
    return taken.map(({ operator, since }, number) => ({
      [scope]: id,
      operator,
      from_at: number === 0 ? '-infinity' : since,
      until_at: taken[number + 1]?.since ?? null,
      number,
    }));
  });
  await transaction.query(`DELETE FROM ${table} WHERE ${scope} = ANY($1)`, [ids]);
  await transaction.query(
    `INSERT INTO ${table} SELECT * FROM json_populate_recordset(null::${table}, $1::json)`,
    [JSON.stringify(rows)],
  );
}
