import type { Instant } from '@chargebook/domain';
import { known } from '../book/as-of';

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

export interface PlacementRow {
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
export function placementsSql(stay: string, cut: string, at = 'NULL::timestamptz'): string {
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

export function placementOf(row: PlacementRow): Placement {
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
