import type { Instant } from '@chargebook/domain';
import { forbidden } from '@chargebook/domain';
import type { AccessScope } from '../access/access-scope';
import type { Database } from '../database/database';
import type { Page, PageRequest } from '../pages/page';
import { pageSql, toPage } from '../pages/page';
import type { PlaceAxis } from '../placements/visits';
import { visitsTo, wiringsOf, within } from '../placements/visits';
import type { FactRow, LedgerFact } from './ledger';
import { factOfRow } from './ledger';

/** A thing whose history is told. */
export interface HistoryPoint {
  readonly axis: 'CHARGER' | PlaceAxis | 'OPERATOR' | 'PARTNER' | 'BOOK';
  /** Of the whole book it does not matter. */
  readonly id: string;
}

export interface HistoryFilter {
  readonly from?: Instant | null;
  readonly to?: Instant | null;
  readonly types?: readonly string[] | null;
  readonly newestFirst: boolean;
}

/** A fact of history; `correctedBy` is the sequence of what corrects it. */
export type HistoryFact = LedgerFact & { readonly correctedBy?: number };

/** How much of the book is looked at at once for what is new about one thing, and how much of that is given. */
const LONGEST_STRETCH = 20_000;
const MOST_RECENT = 500;

/** The facts that concern a thing, by when they happened: along the charger, and along places by who hung there. */
export class HistoryQueries {
  constructor(
    private readonly database: Database,
    private readonly scope: AccessScope,
  ) {}

  async page(
    point: HistoryPoint,
    filter: HistoryFilter,
    cut: number,
    request: PageRequest,
  ): Promise<Page<HistoryFact>> {
    await this.require(point);
    const filters = [point.id, cut, filter.from ?? null, filter.to ?? null, filter.types ?? null];
    const values: unknown[] = [...filters];
    const columns = [
      { sql: 'fact.occurred_at', type: 'timestamptz' },
      { sql: 'fact.sequence', type: 'bigint' },
    ] as const;
    const sql = pageSql(request, columns, filter.newestFirst ? 'DESC' : 'ASC', values);
    const limited = `ORDER BY ${sql.orderBy} LIMIT ${String(sql.limit)}`;
    // Each source gives no more than a page, so that the length of a history does not matter.
    const parts = sourcesOf(point).map((source) => `(${source('fact.*', sql.where, limited)})`);
    const rows = await this.database.query<FactRow>(
      `SELECT DISTINCT ON (${columns.map((column) => column.sql).join(', ')}) fact.*
       FROM (${parts.join(' UNION ALL ')}) AS fact ${limited}`,
      values,
    );
    return toPage(rows, sql, request, {
      cursor: (row) => [row.occurred_at, row.sequence],
      node: (row) => historyFactOf(row, cut),
      totalCount: () => this.count(point, filters),
    });
  }

  /**
   * Facts of a thing that were recorded after a sequence, in the order in which the book learned them.
   *
   * @returns some of them, and the sequence up to which these are all
   */
  async recordedAfter(
    point: HistoryPoint,
    after: number,
    cut: number,
  ): Promise<{ facts: HistoryFact[]; upTo: number }> {
    await this.require(point);
    const upTo = Math.min(cut, after + LONGEST_STRETCH);
    // Few facts at a time, of whatever thing: among them those of the thing are found by looking at each.
    const recent = '(SELECT * FROM ledger.fact WHERE sequence > $6 AND sequence <= $7 OFFSET 0) AS fact';
    const parts = sourcesOf(point, recent).map((source) => `(${source('fact.*', '', '')})`);
    const rows = await this.database.query<FactRow>(
      `SELECT DISTINCT ON (fact.sequence) fact.* FROM (${parts.join(' UNION ALL ')}) AS fact
       ORDER BY fact.sequence LIMIT ${String(MOST_RECENT)}`,
      [point.id, cut, null, null, null, after, upTo],
    );
    const isAll = rows.length < MOST_RECENT;
    return {
      facts: rows.map((row) => historyFactOf(row, cut)),
      upTo: isAll ? upTo : (rows.at(-1)?.sequence ?? upTo),
    };
  }

  /** The newest fact of the history of each of some chargers whose history may be read. */
  async newest(serials: readonly string[], cut: number): Promise<Map<string, HistoryFact>> {
    await this.scope.requireStanding();
    const readable = await this.scope.chargers(serials, 'READ_HISTORY');
    const rows = await this.database.query<FactRow>(
      `SELECT fact.* FROM unnest($1::text[]) AS unit (serial) CROSS JOIN LATERAL (
         SELECT * FROM ledger.fact WHERE fact.charger = unit.serial AND fact.sequence <= $2
         ORDER BY occurred_at DESC, sequence DESC LIMIT 1) AS fact`,
      [[...readable], cut],
    );
    return new Map(rows.map((row) => [row.charger ?? '', historyFactOf(row, cut)]));
  }

  async bySequence(sequence: number): Promise<HistoryFact | undefined> {
    const rows = await this.database.query<FactRow>('SELECT * FROM ledger.fact WHERE sequence = $1', [
      sequence,
    ]);
    return rows[0] && historyFactOf(rows[0]);
  }

  /** Facts by event id; unknown ones are left out. */
  async byEventIds(eventIds: readonly string[]): Promise<Map<string, HistoryFact>> {
    const rows = await this.database.query<FactRow>('SELECT * FROM ledger.fact WHERE event_id = ANY($1)', [
      eventIds,
    ]);
    return new Map(rows.map((row) => [row.event_id, historyFactOf(row)]));
  }

  private async require({ axis, id }: HistoryPoint): Promise<void> {
    if (axis !== 'BOOK')
      return this.scope.require({ axis, id }, axis === 'PARTNER' ? 'REVIEW_PARTNERS' : 'READ_HISTORY');
    if (!this.scope.isWhole) throw forbidden('READ_HISTORY');
  }

  private async count(point: HistoryPoint, filters: readonly unknown[]): Promise<number> {
    const parts = sourcesOf(point).map((source) => source('fact.sequence', '', ''));
    const rows = await this.database.query<{ count: number }>(
      `SELECT count(*) AS count FROM (${parts.join(' UNION ')}) AS fact`,
      filters,
    );
    return rows[0]?.count ?? 0;
  }
}

export type Source = (columns: string, where: string, limited: string) => string;

const ASKED_FOR = `fact.sequence <= $2 AND fact.occurred_at >= coalesce($3::timestamptz, '-infinity')
  AND fact.occurred_at < coalesce($4::timestamptz, 'infinity') AND ($5::text[] IS NULL OR fact.type = ANY($5))`;

/**
 * Where the facts of an axis come from: SELECTs with parameters $1 (id), $2 (cut), $3 and $4 (the span in which they
 * occurred) and $5 (types), each of which is null where it does not matter.
 */
export function sourcesOf({ axis }: HistoryPoint, facts = 'ledger.fact'): Source[] {
  const naming =
    (column: string): Source =>
    (columns, where, limited) =>
      `SELECT ${columns} FROM ${facts} WHERE fact.${column} = $1 AND ${ASKED_FOR} ${where} ${limited}`;
  const during =
    (spans: string, key: 'charger' | 'backplate', condition = 'true'): Source =>
    (columns, where, limited) =>
      `SELECT fact.* FROM (${spans}) AS span CROSS JOIN LATERAL (SELECT ${columns} FROM ${facts}
        WHERE fact.${key} = span.${key} AND ${within('fact.occurred_at', 'span')} AND ${condition}
        AND ${ASKED_FOR} ${where} ${limited}) AS fact ${limited}`;
  // A charger's fact that names a place belongs there by that name, at whatever instant.
  const byVisitors = (place: PlaceAxis) =>
    during(visitsTo(place, '$1', '$2'), 'charger', 'fact.backplate IS NULL');
  switch (axis) {
    case 'BOOK':
      return [
        (columns, where, limited) =>
          `SELECT ${columns} FROM ${facts} WHERE $1::text IS NOT NULL AND ${ASKED_FOR} ${where} ${limited}`,
      ];
    case 'CHARGER':
      return [naming('charger')];
    case 'OPERATOR':
      return [naming('operator')];
    case 'PARTNER':
      return [naming('partner')];
    case 'BACKPLATE':
      return [naming('backplate'), byVisitors('BACKPLATE')];
    case 'CIRCUIT':
      return [
        naming('circuit'),
        rewiredAway(facts),
        during(wiringsOf('CIRCUIT', '$1', '$2'), 'backplate'),
        dismountsAtTheEnd('CIRCUIT', facts),
        byVisitors('CIRCUIT'),
      ];
    case 'SITE':
      return [
        naming('site'),
        ofCircuits(facts),
        during(wiringsOf('SITE', '$1', '$2'), 'backplate'),
        dismountsAtTheEnd('SITE', facts),
        byVisitors('SITE'),
      ];
  }
}

const rewiredAway =
  (facts: string): Source =>
  (columns, where, limited) =>
    `SELECT ${columns} FROM ${facts} WHERE fact.type = 'BackplateRewired' AND fact.data ->> 'formerCircuit' = $1
    AND ${ASKED_FOR} ${where} ${limited}`;

const ofCircuits =
  (facts: string): Source =>
  (columns, where, limited) =>
    `SELECT fact.* FROM registry.circuit CROSS JOIN LATERAL (SELECT ${columns} FROM ${facts}
    WHERE fact.circuit = circuit.id AND ${ASKED_FOR} ${where} ${limited}) AS fact WHERE circuit.site = $1 ${limited}`;

/** What ends a backplate's time on a circuit happens at its end, not within. */
function dismountsAtTheEnd(axis: 'CIRCUIT' | 'SITE', facts: string): Source {
  return (columns, where, limited) =>
    `SELECT fact.* FROM (${wiringsOf(axis, '$1', '$2')}) AS span CROSS JOIN LATERAL (SELECT ${columns} FROM ${facts}
      WHERE fact.backplate = span.backplate AND fact.occurred_at = span.until_at
        AND fact.type IN ('BackplateRemoved', 'BackplateRewired', 'ChargerDismounted')
      AND ${ASKED_FOR} ${where} ${limited}) AS fact ${limited}`;
}

/** @param cut what came after it is not known: a correction neither */
function historyFactOf(row: FactRow, cut = Number.MAX_SAFE_INTEGER): HistoryFact {
  const { corrected_by: correctedBy } = row;
  return {
    ...factOfRow(row),
    correctedBy: correctedBy != null && correctedBy <= cut ? correctedBy : undefined,
  };
}
