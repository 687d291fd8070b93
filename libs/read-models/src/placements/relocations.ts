import type { Instant } from '@chargebook/domain';
import { known } from '../book/as-of';
import type { AccessScope } from '../access/access-scope';
import type { Database } from '../database/database';
import type { Page, PageRequest } from '../pages/page';
import { pageSql, toPage } from '../pages/page';
import type { Placement, PlacementRow } from './placement-rows';
import { placementOf, placementsSql } from './placement-rows';
import { within } from './visits';

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

export interface RelocationFilter {
  /** Moves from there or to there. */
  readonly site?: string | null;
  readonly charger?: string | null;
  readonly from?: Instant | null;
  readonly to?: Instant | null;
}

export async function relocationPage(
  database: Database,
  scope: AccessScope,
  filter: RelocationFilter,
  cut: number,
  request: PageRequest,
): Promise<Page<Relocation>> {
  const filters: unknown[] = [cut];
  const moves = movesSql(filter, scope, filters);
  const values = [...filters];
  const columns = [
    { sql: 'stay.from_at', type: 'timestamptz' },
    { sql: 'stay.charger', type: 'text' },
  ] as const;
  const sql = pageSql(request, columns, 'DESC', values);
  const former = `(SELECT former.* FROM placements.stay AS former WHERE former.charger = move.charger
    AND former.known_from = move.former_known_from AND former.from_at = move.former_from_at)`;
  const rows = await database.query<MoveRow>(
    `WITH move AS MATERIALIZED (${moves} ${sql.where} ORDER BY ${sql.orderBy} LIMIT ${String(sql.limit)})
     SELECT to_json(arrival) AS arrival, to_json(departure) AS departure, move.charger, move.from_at,
       mount.recorded_at, mount.actor_kind, mount.actor_id, mount.reason, mount.correlation_id
     FROM move JOIN ledger.fact AS mount ON mount.sequence = move.mounted_by
     CROSS JOIN LATERAL (${placementsSql('(SELECT move.*)', '$1', 'stay.from_at')}) AS arrival
     CROSS JOIN LATERAL (${placementsSql(former, '$1')}) AS departure
     ORDER BY ${sql.orderBy.replaceAll('stay.', 'move.')}`,
    values,
  );
  return toPage(rows, sql, request, {
    cursor: (row) => [row.from_at, row.charger],
    node: relocationOf,
    totalCount: async () => {
      const counted = await database.query<{ count: number }>(
        `SELECT count(*) AS count FROM (${moves}) AS counted`,
        filters,
      );
      return counted[0]?.count ?? 0;
    },
  });
}

/**
 * SQL for stays that follow one at another backplate. Only what was asked for stands among the conditions, so that an
 * index can serve it.
 *
 * @param values holds the sequence of the cut; what the filter names is added
 */
function movesSql(
  { site, charger, from, to }: RelocationFilter,
  scope: AccessScope,
  values: unknown[],
): string {
  const bind = (value: unknown) => `$${String(values.push(value))}`;
  const conditions = [known('stay', '$1')];
  if (!scope.isWhole) {
    const isOurCharger = scope.chargerCondition('stay.charger', 'READ_HISTORY', values);
    // A move of somebody else's charger within sites of ours; where it came from or went to otherwise is not for us.
    const wasOurs = (stay: string, instant: string) =>
      `EXISTS (SELECT 1 FROM placements.wiring AS ours WHERE ours.backplate = ${stay}.backplate AND ${known('ours', '$1')}
        AND ${instant} AND ${scope.siteCondition('ours.site', 'READ_HISTORY', values)})`;
    const arrived = wasOurs('stay', within('stay.from_at', 'ours'));
    const left = wasOurs(
      'former',
      'ours.from_at < former.until_at AND (ours.until_at IS NULL OR ours.until_at >= former.until_at)',
    );
    conditions.push(`(${isOurCharger} OR (${arrived} AND ${left}))`);
  }
  let stays = 'placements.stay';
  if (charger != null) conditions.push(`stay.charger = ${bind(charger)}`);
  if (from != null) conditions.push(`stay.from_at >= ${bind(from)}`);
  if (to != null) conditions.push(`stay.from_at < ${bind(to)}`);
  if (site != null) {
    const id = bind(site);
    stays = `(${staysFromOrTo(id)})`;
    conditions.push(`EXISTS (SELECT 1 FROM placements.wiring WHERE wiring.site = ${id} AND ${known('wiring', '$1')} AND (
      (wiring.backplate = stay.backplate AND ${within('stay.from_at', 'wiring')}) OR
      (wiring.backplate = former.backplate AND wiring.from_at < former.until_at
        AND (wiring.until_at IS NULL OR wiring.until_at >= former.until_at))))`);
  }
  return `SELECT stay.*, former.known_from AS former_known_from, former.from_at AS former_from_at
    FROM ${stays} AS stay CROSS JOIN LATERAL (
      SELECT * FROM placements.stay AS earlier WHERE earlier.charger = stay.charger AND ${known('earlier', '$1')}
        AND earlier.from_at < stay.from_at ORDER BY earlier.from_at DESC LIMIT 1
    ) AS former WHERE former.backplate <> stay.backplate AND ${conditions.join(' AND ')}`;
}

/** SQL for stays on backplates that were ever in a site, and for the stays that follow those. */
function staysFromOrTo(site: string): string {
  const there = `placements.wiring JOIN placements.stay ON stay.backplate = wiring.backplate AND ${known('stay', '$1')}`;
  const inSite = `wiring.site = ${site} AND ${known('wiring', '$1')}`;
  return `SELECT stay.* FROM ${there} WHERE ${inSite}
    UNION SELECT later.* FROM ${there} CROSS JOIN LATERAL (
      SELECT * FROM placements.stay AS later WHERE later.charger = stay.charger AND ${known('later', '$1')}
        AND later.from_at > stay.from_at ORDER BY later.from_at LIMIT 1
    ) AS later WHERE ${inSite}`;
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
