import type { Instant } from '@chargebook/domain';
import { earlier } from '@chargebook/domain';
import type { Transaction } from '../database/database';
import type { FactRow, LedgerFact } from '../ledger/ledger';
import { factOfRow } from '../ledger/ledger';

/** A fact can change the session that is open at its time and the one that was closed last before. */
const SESSIONS_BACK = 2;

/** Whether the charger hung where the window begins takes all of them. */
const MOVES = ['ChargerMounted', 'ChargerDismounted'];

type News = ReadonlyMap<string, readonly LedgerFact[]>;

/**
 * For each charger the start of a session from which on its sessions can be made anew without looking further back;
 * undefined means from the beginning.
 */
export async function windowsOf(
  transaction: Transaction,
  chargers: readonly string[],
  news: News,
): Promise<Map<string, Instant | undefined>> {
  const corrected = await correctedFacts(transaction, chargers, news);
  const earliest = chargers.map((charger) => earliestTime(charger, news, corrected));
  const named = chargers.flatMap((charger) =>
    sessionsNamed([...(news.get(`charger:${charger}`) ?? []), ...(corrected.get(charger) ?? [])]).map(
      (session) => ({ charger, session }),
    ),
  );
  // One probe of an index for each charger and each session, whatever the planner believes about their number.
  const rows = await transaction.query<{ charger: string; back: Instant | null; named: Instant | null }>(
    `WITH named AS MATERIALIZED (
       SELECT named.charger, min(stored.started_at) AS started_at
       FROM unnest($3::text[], $4::text[]) AS named (charger, session) CROSS JOIN LATERAL (
         SELECT started_at FROM session WHERE session.charger = named.charger AND session.id = named.session
           AND known_to IS NULL OFFSET 0) AS stored
       GROUP BY named.charger)
     SELECT touched.charger, named.started_at AS named,
       (SELECT started_at FROM session WHERE session.charger = touched.charger AND known_to IS NULL
          AND started_at < touched.at ORDER BY started_at DESC OFFSET ${String(SESSIONS_BACK - 1)} LIMIT 1) AS back
     FROM unnest($1::text[], $2::timestamptz[]) AS touched (charger, at) LEFT JOIN named USING (charger)`,
    [chargers, earliest, named.map(({ charger }) => charger), named.map(({ session }) => session)],
  );
  return new Map(
    rows.map(({ charger, back, named: start }) => [
      charger,
      back == null ? undefined : start == null ? back : earlier(back, start),
    ]),
  );
}

function sessionsNamed(facts: readonly LedgerFact[]): string[] {
  const named = facts.flatMap(({ data }) =>
    'session' in data && typeof data.session === 'string' ? [data.session] : [],
  );
  return [...new Set(named)];
}

function earliestTime(
  charger: string,
  news: News,
  corrected: ReadonlyMap<string, readonly LedgerFact[]>,
): Instant {
  const facts = [...(news.get(`charger:${charger}`) ?? []), ...(corrected.get(charger) ?? [])];
  const times = facts.flatMap((fact) =>
    fact.type === 'FactReplaced'
      ? [fact.metadata.occurredAt, fact.data.occurredAt]
      : [fact.metadata.occurredAt],
  );
  return times.reduce(earlier);
}

async function correctedFacts(transaction: Transaction, chargers: readonly string[], news: News) {
  const wanted = chargers.flatMap((charger) =>
    (news.get(`charger:${charger}`) ?? []).flatMap((fact) =>
      'corrects' in fact.data ? [fact.data.corrects] : [],
    ),
  );
  if (wanted.length === 0) return new Map<string, LedgerFact[]>();
  const rows = await transaction.query<FactRow>('SELECT * FROM ledger.fact WHERE event_id = ANY($1)', [
    wanted,
  ]);
  return byCharger(rows, chargers);
}

/**
 * Facts of some types from each charger's window, in book order; with them all its moves, and whatever was corrected with
 * its corrections.
 */
export async function factsFrom(
  transaction: Transaction,
  windows: ReadonlyMap<string, Instant | undefined>,
  types: readonly string[],
  upTo: number,
): Promise<Map<string, LedgerFact[]>> {
  const ofCharger = `SELECT * FROM ledger.fact WHERE fact.charger = touched.charger AND sequence <= $4
    AND problem IS NULL AND type = ANY($3)`;
  const rows = await transaction.query<FactRow>(
    `SELECT fact.* FROM unnest($1::text[], $2::timestamptz[]) AS touched (charger, from_at) CROSS JOIN LATERAL (
       ${ofCharger} AND occurred_at >= coalesce(touched.from_at, '-infinity')
       UNION ALL
       SELECT moved.* FROM unnest($5::text[]) AS move (type) CROSS JOIN LATERAL (
         SELECT * FROM ledger.fact WHERE fact.charger = touched.charger AND fact.type = move.type
           AND sequence <= $4 AND problem IS NULL AND occurred_at < touched.from_at OFFSET 0) AS moved
       UNION ALL
       ${ofCharger} AND occurred_at < touched.from_at AND type <> ALL($5)
         AND (corrects IS NOT NULL OR corrected_by IS NOT NULL)
     ) AS fact ORDER BY fact.sequence`,
    [[...windows.keys()], [...windows.values()].map((from) => from ?? null), types, upTo, MOVES],
  );
  return byCharger(rows, [...windows.keys()]);
}

function byCharger(rows: readonly FactRow[], chargers: readonly string[]): Map<string, LedgerFact[]> {
  const facts = new Map<string, LedgerFact[]>(chargers.map((charger) => [charger, []]));
  for (const row of rows) facts.get(row.charger ?? '')?.push(factOfRow(row));
  return facts;
}
