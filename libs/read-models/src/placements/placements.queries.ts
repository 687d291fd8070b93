import type { Instant } from '@chargebook/domain';
import type { AsOf } from '../book/as-of';
import { known } from '../book/as-of';
import type { Database } from '../database/database';
import type { Page, PageRequest } from '../pages/page';
import { pageSql, toPage } from '../pages/page';
import { within } from './visits';

export interface Placement {
  readonly serial: string;
  readonly backplateId: string;
  readonly circuitId: string;
  readonly siteId: string;
  readonly siteName: string;
  readonly mountedAt: Instant;
  readonly dismountedAt?: Instant;
  readonly recordedAt: Instant;
}

export interface Relocation {
  readonly serial: string;
  readonly from: Placement;
  readonly to: Placement;
  readonly movedAt: Instant;
  readonly recordedAt: Instant;
  readonly actor: string;
  readonly reason?: string;
  readonly correlationId?: string;
}

interface PlacementRow {
  charger: string;
  backplate: string;
  circuit: string;
  site: string;
  site_name: string;
  from_at: Instant;
  until_at: Instant | null;
  recorded_at: Instant;
}

/**
 * SQL for placements with where they were: as wired at an instant, or at the placement's end, or now.
 *
 * @param stay a table or subquery with the columns of `placements.stay`
 */
function placementsSql(stay: string, cut: string, at = 'NULL::timestamptz'): string {
  return `SELECT stay.charger, stay.backplate, wiring.circuit, wiring.site, coalesce(site.name, wiring.site) AS site_name,
      stay.from_at, stay.until_at, mount.recorded_at
    FROM ${stay} AS stay
    JOIN LATERAL (
      SELECT circuit, site FROM placements.wiring WHERE wiring.backplate = stay.backplate AND ${known('wiring', cut)}
        AND wiring.from_at <= coalesce(${at}, stay.until_at, 'infinity') AND wiring.from_at IS DISTINCT FROM stay.until_at
      ORDER BY wiring.from_at DESC LIMIT 1
    ) AS wiring ON true
    LEFT JOIN registry.site ON site.id = wiring.site
    JOIN ledger.fact AS mount ON mount.sequence = stay.mounted_by`;
}

function placementOf(row: PlacementRow): Placement {
  return {
    serial: row.charger,
    backplateId: row.backplate,
    circuitId: row.circuit,
    siteId: row.site,
    siteName: row.site_name,
    mountedAt: row.from_at,
    dismountedAt: row.until_at ?? undefined,
    recordedAt: row.recorded_at,
  };
}

/** Where chargers hung. */
export class PlacementQueries {
  constructor(private readonly database: Database) {}

  /** Where each of some chargers hung at an instant; those that hung nowhere are left out. */
  ofChargersAt(serials: readonly string[], asOf: AsOf): Promise<Map<string, Placement>> {
    return this.at('charger', serials, asOf);
  }

  /** What hung on each of some backplates at an instant; empty ones are left out. */
  onBackplatesAt(backplates: readonly string[], asOf: AsOf): Promise<Map<string, Placement>> {
    return this.at('backplate', backplates, asOf);
  }

  /** Where chargers hung, each at an instant of its own: one answer per question, in order. */
  async ofChargersAtInstants(
    questions: readonly { serial: string; at: Instant }[],
    cut: number,
  ): Promise<(Placement | undefined)[]> {
    const asked = `(SELECT asked.number, asked.at, stay.* FROM unnest($1::text[], $3::timestamptz[])
        WITH ORDINALITY AS asked (charger, at, number)
      JOIN placements.stay ON stay.charger = asked.charger AND ${known('stay', '$2')} AND ${within('asked.at', 'stay')})`;
    const rows = await this.database.query<PlacementRow & { number: number }>(
      placementsSql(asked, '$2', 'stay.at').replace('SELECT', 'SELECT stay.number,'),
      [questions.map(({ serial }) => serial), cut, questions.map(({ at }) => at)],
    );
    const answers = new Map(rows.map((row) => [row.number, placementOf(row)]));
    return questions.map((_, index) => answers.get(index + 1));
  }

  /** All placements of a charger or on a backplate, newest first. */
  async page(
    of: { charger: string } | { backplate: string },
    cut: number,
    request: PageRequest,
  ): Promise<Page<Placement>> {
    const [column, id] = 'charger' in of ? ['charger', of.charger] : ['backplate', of.backplate];
    const values: unknown[] = [id, cut];
    const condition = `${column} = $1 AND ${known('stay', '$2')}`;
    const sql = pageSql(request, [{ sql: 'from_at', type: 'timestamptz' }], 'DESC', values);
    const stay = `(SELECT * FROM placements.stay WHERE ${condition} ${sql.where} ORDER BY ${sql.orderBy} LIMIT ${String(sql.limit)})`;
    const rows = await this.database.query<PlacementRow>(
      `${placementsSql(stay, '$2')} ORDER BY stay.${sql.orderBy}`,
      values,
    );
    return toPage(rows, sql, request, {
      cursor: (row) => [row.from_at],
      node: placementOf,
      totalCount: () => this.count(`SELECT 1 FROM placements.stay WHERE ${condition}`, [id, cut]),
    });
  }

  /** Moves from one backplate to another, newest first; both places as they were wired then. */
  async relocations(
    filter: { site?: string | null; charger?: string | null; from?: Instant | null; to?: Instant | null },
    cut: number,
    request: PageRequest,
  ): Promise<Page<Relocation>> {
    const filters = [filter.charger ?? null, filter.from ?? null, filter.to ?? null, filter.site ?? null];
    const values: unknown[] = [cut, ...filters];
    const moves = `SELECT stay.*, former.known_from AS former_known_from, former.from_at AS former_from_at
      FROM placements.stay JOIN LATERAL (
        SELECT * FROM placements.stay AS earlier WHERE earlier.charger = stay.charger AND ${known('earlier', '$1')}
          AND earlier.from_at < stay.from_at ORDER BY earlier.from_at DESC LIMIT 1
      ) AS former ON former.backplate <> stay.backplate
      WHERE ${known('stay', '$1')} AND ($2::text IS NULL OR stay.charger = $2)
        AND ($3::timestamptz IS NULL OR stay.from_at >= $3) AND ($4::timestamptz IS NULL OR stay.from_at < $4)
        AND ($5::text IS NULL OR EXISTS (
          SELECT 1 FROM placements.wiring WHERE wiring.site = $5 AND ${known('wiring', '$1')} AND (
            (wiring.backplate = stay.backplate AND ${within('stay.from_at', 'wiring')}) OR
            (wiring.backplate = former.backplate AND wiring.from_at < former.until_at
              AND (wiring.until_at IS NULL OR wiring.until_at >= former.until_at)))))`;
    const columns = [
      { sql: 'stay.from_at', type: 'timestamptz' },
      { sql: 'stay.charger', type: 'text' },
    ] as const;
    const sql = pageSql(request, columns, 'DESC', values);
    const rows = await this.database.query<MoveRow>(
      `WITH move AS (${moves} ${sql.where} ORDER BY ${sql.orderBy} LIMIT ${String(sql.limit)}),
         arrival AS (${placementsSql('move', '$1', 'stay.from_at')}),
         departure AS (${placementsSql(
           `(SELECT stay.* FROM move JOIN placements.stay ON stay.charger = move.charger
             AND stay.known_from = move.former_known_from AND stay.from_at = move.former_from_at)`,
           '$1',
         )})
       SELECT to_json(arrival) AS arrival, to_json(departure) AS departure, stay.charger, stay.from_at,
         mount.recorded_at, mount.actor_kind, mount.actor_id, mount.reason, mount.correlation_id
       FROM move AS stay
       JOIN arrival ON arrival.charger = stay.charger AND arrival.from_at = stay.from_at
       JOIN departure ON departure.charger = stay.charger AND departure.from_at = stay.former_from_at
       JOIN ledger.fact AS mount ON mount.sequence = stay.mounted_by ORDER BY ${sql.orderBy}`,
      values,
    );
    return toPage(rows, sql, request, {
      cursor: (row) => [row.from_at, row.charger],
      node: relocationOf,
      totalCount: () => this.count(moves, [cut, ...filters]),
    });
  }

  /** The time zone of the site where a charger hangs now. */
  async timeZoneOfCharger(serial: string, asOf: AsOf): Promise<string | undefined> {
    const placement = (await this.ofChargersAt([serial], asOf)).get(serial);
    if (placement == null) return undefined;
    const rows = await this.database.query<{ time_zone: string }>(
      'SELECT time_zone FROM registry.site WHERE id = $1',
      [placement.siteId],
    );
    return rows[0]?.time_zone;
  }

  /** Chargers in a site at an instant, by serial. */
  async chargersInSite(site: string, { at, cut }: AsOf, request: PageRequest): Promise<Page<string>> {
    const values: unknown[] = [site, cut, at];
    const visitors = `SELECT stay.charger FROM placements.wiring
      JOIN placements.stay ON stay.backplate = wiring.backplate AND ${known('stay', '$2')} AND ${within('$3', 'stay')}
      WHERE wiring.site = $1 AND ${known('wiring', '$2')} AND ${within('$3', 'wiring')}`;
    const sql = pageSql(request, [{ sql: 'stay.charger', type: 'text' }], 'ASC', values);
    const rows = await this.database.query<{ charger: string }>(
      `${visitors} ${sql.where} ORDER BY ${sql.orderBy} LIMIT ${String(sql.limit)}`,
      values,
    );
    return toPage(rows, sql, request, {
      cursor: ({ charger }) => [charger],
      node: ({ charger }) => charger,
      totalCount: () => this.count(visitors, [site, cut, at]),
    });
  }

  private async at(
    column: 'charger' | 'backplate',
    ids: readonly string[],
    { at, cut }: AsOf,
  ): Promise<Map<string, Placement>> {
    const stay = `(SELECT * FROM placements.stay WHERE ${column} = ANY($1) AND ${known('stay', '$2')} AND ${within('$3', 'stay')})`;
    const rows = await this.database.query<PlacementRow>(placementsSql(stay, '$2', '$3'), [ids, cut, at]);
    return new Map(rows.map((row) => [row[column], placementOf(row)]));
  }

  private async count(sql: string, values: readonly unknown[]): Promise<number> {
    const rows = await this.database.query<{ count: number }>(
      `SELECT count(*) AS count FROM (${sql}) AS counted`,
      values,
    );
    return rows[0]?.count ?? 0;
  }
}

interface MoveRow {
  /** Columns of a placement, as PostgreSQL writes them into JSON. */
  arrival: PlacementRow;
  departure: PlacementRow;
  charger: string;
  from_at: Instant;
  recorded_at: Instant;
  actor_kind: string;
  actor_id: string;
  reason: string | null;
  correlation_id: string;
}

function relocationOf(row: MoveRow): Relocation {
  return {
    serial: row.charger,
    from: placementOf(fromJson(row.departure)),
    to: placementOf(fromJson(row.arrival)),
    movedAt: row.from_at,
    recordedAt: row.recorded_at,
    actor: `${row.actor_kind}:${row.actor_id}`,
    reason: row.reason ?? undefined,
    correlationId: row.correlation_id,
  };
}

function fromJson(row: PlacementRow): PlacementRow {
  const instant = (text: string) => new Date(text).toISOString();
  return {
    ...row,
    from_at: instant(row.from_at),
    until_at: row.until_at == null ? null : instant(row.until_at),
    recorded_at: instant(row.recorded_at),
  };
}
