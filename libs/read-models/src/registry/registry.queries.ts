import type { ChargerProtocol, Destination, GridType, Instant, ProductLine } from '@chargebook/domain';
import type { AccessScope } from '../access/access-scope';
import type { Database } from '../database/database';
import type { Page, PageRequest } from '../pages/page';
import { pageSql, toPage } from '../pages/page';
import type { ChargerFilter } from './charger-lists';
import { chargerPage, escaped } from './charger-lists';

export interface OperatorRecord {
  readonly id: string;
  readonly name: string;
}

export interface SiteRecord {
  readonly id: string;
  readonly name: string;
  readonly address?: string;
  readonly timeZone: string;
  readonly gridType: GridType;
  readonly operatorId: string;
  readonly retiredAt?: Instant;
}

export interface CircuitRecord {
  readonly id: string;
  readonly siteId: string;
  readonly name?: string;
  readonly parentId?: string;
  readonly retiredAt?: Instant;
}

export interface BackplateRecord {
  readonly id: string;
  readonly label?: string;
  readonly circuitId: string;
  readonly removedAt?: Instant;
}

export interface ChargerRecord {
  readonly serial: string;
  readonly model?: string;
  readonly productLine: ProductLine;
  readonly ratedCurrentAmps?: number;
  readonly retiredAt?: Instant;
  readonly destination?: Destination;
  readonly protocol?: ChargerProtocol;
}

/** Who controls what nobody else was named for, until somebody gives it a name. */
const DEFAULT_OPERATOR_RECORD: OperatorRecord = { id: 'default', name: 'Default operator' };

const SITE = `SELECT id, name, address, time_zone AS "timeZone", grid_type AS "gridType", operator AS "operatorId",
  retired_at AS "retiredAt" FROM registry.site`;
const CIRCUIT = `SELECT id, site AS "siteId", name, parent AS "parentId", retired_at AS "retiredAt" FROM registry.circuit`;
const BACKPLATE = `SELECT backplate.id, backplate.label, backplate.circuit AS "circuitId",
  backplate.removed_at AS "removedAt" FROM registry.backplate`;
const CHARGER = `SELECT charger.serial, charger.model, charger.product_line AS "productLine",
  charger.rated_current_amps AS "ratedCurrentAmps", charger.retired_at AS "retiredAt", charger.destination
  FROM registry.charger`;

/** What there is, as known now. */
export class RegistryQueries {
  constructor(
    private readonly database: Database,
    private readonly scope: AccessScope,
  ) {}

  async operators(ids: readonly string[]): Promise<Map<string, OperatorRecord>> {
    const rows = await this.database.query<OperatorRecord & { id: string }>(
      'SELECT id, name FROM registry.operator WHERE id = ANY($1)',
      [ids],
    );
    return new Map([
      [DEFAULT_OPERATOR_RECORD.id, DEFAULT_OPERATOR_RECORD],
      ...rows.map((row) => [row.id, row] as const),
    ]);
  }

  async sites(ids: readonly string[]): Promise<Map<string, SiteRecord>> {
    const values: unknown[] = [ids];
    const seen = this.scope.siteCondition('site.id', 'ANY', values);
    const rows = await this.database.query<SiteRecord>(`${SITE} WHERE id = ANY($1) AND ${seen}`, values);
    return byKey(rows, (row) => row.id);
  }

  async circuits(ids: readonly string[]): Promise<Map<string, CircuitRecord>> {
    const values: unknown[] = [ids];
    const seen = this.scope.siteCondition('circuit.site', 'ANY', values);
    const rows = await this.database.query<CircuitRecord>(
      `${CIRCUIT} WHERE id = ANY($1) AND ${seen}`,
      values,
    );
    return byKey(rows, (row) => row.id);
  }

  async backplates(ids: readonly string[]): Promise<Map<string, BackplateRecord>> {
    const values: unknown[] = [ids];
    const seen = this.scope.backplateCondition('backplate.circuit', 'ANY', values);
    const rows = await this.database.query<BackplateRecord>(
      `${BACKPLATE} WHERE id = ANY($1) AND ${seen}`,
      values,
    );
    return byKey(rows, (row) => row.id);
  }

  async chargers(serials: readonly string[]): Promise<Map<string, ChargerRecord>> {
    const values: unknown[] = [serials];
    const seen = this.scope.chargerCondition('charger.serial', 'ANY', values, 'FEW');
    const rows = await this.database.query<ChargerRecord>(
      `${CHARGER} WHERE serial = ANY($1) AND ${seen}`,
      values,
    );
    return byKey(rows, (row) => row.serial);
  }

  async circuitsOfSites(sites: readonly string[]): Promise<Map<string, CircuitRecord[]>> {
    const values: unknown[] = [sites];
    const seen = this.scope.siteCondition('circuit.site', 'ANY', values);
    const rows = await this.database.query<CircuitRecord>(
      `${CIRCUIT} WHERE site = ANY($1) AND ${seen} ORDER BY id`,
      values,
    );
    return grouped(rows, (row) => row.siteId, sites);
  }

  async backplatesOfCircuits(circuits: readonly string[]): Promise<Map<string, BackplateRecord[]>> {
    const values: unknown[] = [circuits];
    const seen = this.scope.backplateCondition('backplate.circuit', 'ANY', values);
    const rows = await this.database.query<BackplateRecord>(
      `${BACKPLATE} WHERE circuit = ANY($1) AND removed_at IS NULL AND ${seen} ORDER BY id`,
      values,
    );
    return grouped(rows, (row) => row.circuitId, circuits);
  }

  /** Sites by id; a search finds ids and names that contain it. */
  sitePage(search: string | null | undefined, request: PageRequest): Promise<Page<SiteRecord>> {
    const pattern = search == null || search === '' ? null : containing(search);
    const values: unknown[] = [pattern];
    const seen = this.scope.siteCondition('site.id', 'ANY', values);
    const where = `WHERE ($1::text IS NULL OR id ILIKE $1 OR name ILIKE $1) AND ${seen}`;
    return this.page(
      { select: SITE, table: 'registry.site', where, keys: ['id'] },
      values,
      request,
      (row) => [row.id],
    );
  }

  backplatePage(
    filter: { site?: string | null; circuit?: string | null; empty?: boolean | null },
    request: PageRequest,
  ): Promise<Page<BackplateRecord>> {
    const values: unknown[] = [filter.circuit ?? null, filter.site ?? null, filter.empty ?? null];
    const seen = this.scope.backplateCondition('backplate.circuit', 'ANY', values);
    const where = `WHERE backplate.removed_at IS NULL AND ${seen} AND ($1::text IS NULL OR backplate.circuit = $1)
      AND ($2::text IS NULL OR backplate.circuit IN (SELECT id FROM registry.circuit WHERE site = $2))
      AND ($3::boolean IS NULL OR $3 = NOT EXISTS (SELECT 1 FROM registry.charger WHERE charger.backplate = backplate.id))`;
    const source = { select: BACKPLATE, table: 'registry.backplate', where, keys: ['backplate.id'] };
    return this.page(source, values, request, (row: BackplateRecord) => [row.id]);
  }

  chargerPage(filter: ChargerFilter, request: PageRequest): Promise<Page<ChargerRecord>> {
    return chargerPage(this.database, this.scope, filter, request);
  }

  private async page<Row extends object>(
    source: { select: string; table: string; where: string; keys: readonly string[] },
    filters: readonly unknown[],
    request: PageRequest,
    keyOf: (row: Row) => readonly string[],
  ): Promise<Page<Row>> {
    const values = [...filters];
    const columns = source.keys.map((sql) => ({ sql, type: 'text' }) as const);
    const sql = pageSql(request, columns, 'ASC', values);
    const rows = await this.database.query<Row>(
      `${source.select} ${source.where} ${sql.where} ORDER BY ${sql.orderBy} LIMIT ${String(sql.limit)}`,
      values,
      'EACH_TIME',
    );
    return toPage(rows, sql, request, {
      cursor: keyOf,
      node: (row) => row,
      totalCount: async () => {
        const counted = await this.database.query<{ count: number }>(
          `SELECT count(*) AS count FROM ${source.table} ${source.where}`,
          filters,
          'EACH_TIME',
        );
        return counted[0]?.count ?? 0;
      },
    });
  }
}

function containing(search: string): string {
  return `%${escaped(search)}%`;
}

function byKey<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row> {
  return new Map(rows.map((row) => [keyOf(row), row]));
}

function grouped<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  keys: readonly string[],
): Map<string, Row[]> {
  const groups = new Map<string, Row[]>(keys.map((key) => [key, []]));
  for (const row of rows) groups.get(keyOf(row))?.push(row);
  return groups;
}
