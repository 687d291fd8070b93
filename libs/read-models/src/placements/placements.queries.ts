import type { Instant } from '@chargebook/domain';
import { forbidden } from '@chargebook/domain';
import type { AsOf } from '../book/as-of';
import { known } from '../book/as-of';
import type { AccessScope } from '../access/access-scope';
import type { Database } from '../database/database';
import type { Page, PageRequest } from '../pages/page';
import { pageSql, toPage } from '../pages/page';
import type { Placement, PlacementRow } from './placement-rows';
import { placementOf, placementsSql } from './placement-rows';
import type { Relocation, RelocationFilter } from './relocations';
import { relocationPage } from './relocations';
import { within } from './visits';

/** Where chargers hung. */
export class PlacementQueries {
  constructor(
    private readonly database: Database,
    private readonly scope: AccessScope,
  ) {}

  /** Where each of some chargers hung at an instant; those that hung nowhere are left out. */
  async ofChargersAt(serials: readonly string[], asOf: AsOf): Promise<Map<string, Placement>> {
    return this.at('charger', [...(await this.scope.chargers(serials, 'ANY'))], asOf);
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
    const point = 'charger' in of ? chargerPoint(of.charger) : backplatePoint(of.backplate);
    if (!(await this.scope.reaches(point, 'ANY'))) throw forbidden('READ_STATE');
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
  relocations(filter: RelocationFilter, cut: number, request: PageRequest): Promise<Page<Relocation>> {
    return relocationPage(this.database, this.scope, filter, cut, request);
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
    const seen = this.scope.chargerCondition('stay.charger', 'ANY', values);
    const filters = [...values];
    const visitors = `SELECT stay.charger FROM placements.wiring
      JOIN placements.stay ON stay.backplate = wiring.backplate AND ${known('stay', '$2')} AND ${within('$3', 'stay')}
      WHERE wiring.site = $1 AND ${seen} AND ${known('wiring', '$2')} AND ${within('$3', 'wiring')}`;
    const sql = pageSql(request, [{ sql: 'stay.charger', type: 'text' }], 'ASC', values);
    const rows = await this.database.query<{ charger: string }>(
      `${visitors} ${sql.where} ORDER BY ${sql.orderBy} LIMIT ${String(sql.limit)}`,
      values,
    );
    return toPage(rows, sql, request, {
      cursor: ({ charger }) => [charger],
      node: ({ charger }) => charger,
      totalCount: () => this.count(visitors, filters),
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

const chargerPoint = (id: string) => ({ axis: 'CHARGER', id }) as const;
const backplatePoint = (id: string) => ({ axis: 'BACKPLATE', id }) as const;
