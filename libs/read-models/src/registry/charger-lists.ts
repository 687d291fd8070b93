import type { Act, Destination } from '@chargebook/domain';
import type { AccessScope } from '../access/access-scope';
import type { Database } from '../database/database';
import type { OrderColumn, Page, PageRequest } from '../pages/page';
import { pageSql, toPage } from '../pages/page';
import type { ChargerRecord } from './registry.queries';

/**
 * By what chargers are listed; among equals by serial. What has no model, or hangs nowhere, comes last. By status: those with
 * a car, then others that hang somewhere, then by where they went. By the last event: the oldest first.
 */
export type ChargerOrder = 'SERIAL' | 'MODEL' | 'SITE' | 'STATUS' | 'LAST_EVENT';

/** Which chargers are listed, and in which order: by serial, unless told. */
export interface ChargerFilter {
  readonly serials?: readonly string[] | null;
  readonly serialStartsWith?: string | null;
  readonly site?: string | null;
  readonly circuit?: string | null;
  readonly mounted?: boolean | null;
  readonly destination?: Destination | null;
  readonly operator?: string | null;
  readonly retired?: boolean | null;
  readonly orderBy?: ChargerOrder | null;
  /** Whether a session is under way now: told of those alone whose state may be read. */
  readonly hasCar?: boolean;
}

/** How a list is ordered: where its rows stand, in one part or in several that follow one another, and by what. */
interface Listing {
  readonly parts: readonly { readonly from: string; readonly keys: readonly OrderColumn[] }[];
  /** What an order tells of a charger is told of those alone of which it may be known. */
  readonly wanted?: Act;
}

const SERIAL: OrderColumn = { sql: 'charger.serial', type: 'text' };
const CHARGERS = 'registry.charger WHERE true';
const UNDER_WAY = `SELECT 1 FROM sessions.session AS car
  WHERE car.charger = charger.serial AND car.ended_at IS NULL AND car.known_to IS NULL`;
/** Without its conditions inside it would be looked up for all chargers before any is listed. */
const HAS_CAR = `EXISTS (${UNDER_WAY} AND charger.backplate IS NOT NULL AND charger.retired_at IS NULL)`;

/** Keys are the very words of the indexes. */
const LISTINGS: Readonly<Record<ChargerOrder, Listing>> = {
  SERIAL: { parts: [{ from: CHARGERS, keys: [SERIAL] }] },
  MODEL: by(String.raw`coalesce(lower(model), U&'\+10FFFF') COLLATE "C"`),
  SITE: by(String.raw`coalesce(lower(site_name), U&'\+10FFFF') COLLATE "C"`),
  STATUS: {
    wanted: 'READ_STATE',
    parts: [
      {
        from: `${CHARGERS} AND ${HAS_CAR}`,
        keys: [{ sql: `'1'::text`, type: 'text', isFixed: true }, SERIAL],
      },
      {
        from: `${CHARGERS} AND NOT ${HAS_CAR}`,
        keys: [
          {
            sql: `(CASE WHEN retired_at IS NOT NULL THEN '9' WHEN backplate IS NOT NULL THEN '2'
              WHEN destination = 'STORE' THEN '3' WHEN destination = 'REPAIR' THEN '4'
              WHEN destination = 'TRANSIT' THEN '5' WHEN destination = 'SCRAP' THEN '6'
              WHEN destination = 'UNKNOWN' THEN '7' ELSE '8' END)`,
            type: 'text',
          },
          SERIAL,
        ],
      },
    ],
  },
  LAST_EVENT: {
    wanted: 'READ_HISTORY',
    parts: [
      {
        from: 'registry.charger JOIN registry.last_event AS last ON last.charger = charger.serial WHERE true',
        keys: [
          { sql: 'last.occurred_at', type: 'timestamptz' },
          { sql: 'last.sequence', type: 'bigint' },
        ],
      },
    ],
  },
};

function by(sql: string): Listing {
  return { parts: [{ from: CHARGERS, keys: [{ sql, type: 'text' }, SERIAL] }] };
}

const COLUMNS = `charger.serial, charger.model, charger.product_line AS "productLine",
  charger.rated_current_amps AS "ratedCurrentAmps", charger.retired_at AS "retiredAt", charger.destination`;

type Row = ChargerRecord & { readonly key0: string | number; readonly key1?: string | number };

/** Chargers that may be seen, in the order that is asked for. @throws PageRequestError */
export async function chargerPage(
  database: Database,
  scope: AccessScope,
  filter: ChargerFilter,
  request: PageRequest,
): Promise<Page<ChargerRecord>> {
  const { parts, wanted } = LISTINGS[filter.orderBy ?? 'SERIAL'];
  const filters: unknown[] = [];
  const condition = conditionOf(filter, wanted, scope, filters);
  const values = [...filters];
  const pages = parts.map(({ from, keys }) => ({ from, keys, sql: pageSql(request, keys, 'ASC', values) }));
  const selects = pages.map(({ from, keys, sql }) => {
    const named = keys.map((key, index) => `${key.sql} AS key${String(index)}`);
    return `(SELECT ${COLUMNS}, ${named.join(', ')} FROM ${from} AND ${condition} ${sql.where}
      ORDER BY ${sql.orderBy} LIMIT ${String(sql.limit)})`;
  });
  const [{ sql, keys }] = pages as [(typeof pages)[number]];
  const order = keys.map((_, index) => `key${String(index)} ${sql.isBackward ? 'DESC' : 'ASC'}`);
  const rows = await database.query<Row>(
    `SELECT * FROM (${selects.join(' UNION ALL ')}) AS listed ORDER BY ${order.join(', ')} LIMIT ${String(sql.limit)}`,
    values,
    'EACH_TIME',
  );
  return toPage(rows, sql, request, {
    cursor: ({ key0, key1 }) => (key1 == null ? [key0] : [key0, key1]),
    node: ({ key0: _key0, key1: _key1, ...charger }): ChargerRecord => charger,
    totalCount: async () => {
      const counted = await database.query<{ count: number }>(
        `SELECT count(*) AS count FROM registry.charger WHERE ${condition}`,
        filters,
        'EACH_TIME',
      );
      return counted[0]?.count ?? 0;
    },
  });
}

/** @param values parameters of the statement: none so far */
function conditionOf(
  filter: ChargerFilter,
  wanted: Act | undefined,
  scope: AccessScope,
  values: unknown[],
): string {
  const wants = [wanted, filter.hasCar == null ? undefined : ('READ_STATE' as const)].flatMap(
    (act) => act ?? [],
  );
  const seen = (wants.length === 0 ? (['ANY'] as const) : [...new Set(wants)]).map((act) =>
    scope.chargerCondition('charger.serial', act, values, 'REGISTRY'),
  );
  const told = (value: unknown, sql: (parameter: string) => string) =>
    value == null ? [] : [sql(`$${String(values.push(value))}`)];
  const { serials, serialStartsWith, site, circuit, mounted, destination, operator, hasCar } = filter;
  const retired = filter.retired === undefined ? false : filter.retired;
  return [
    ...seen,
    ...told(serials, (of) => `charger.serial = ANY(${of}::text[])`),
    ...told(
      serialStartsWith == null ? null : `${escaped(serialStartsWith)}%`,
      (of) => `charger.serial LIKE ${of}`,
    ),
    ...told(site, (of) => `charger.site = ${of}`),
    ...told(
      circuit,
      (of) => `charger.backplate IN (SELECT id FROM registry.backplate WHERE circuit = ${of})`,
    ),
    ...told(mounted, (of) => `${of} = (charger.backplate IS NOT NULL)`),
    ...told(destination, (of) => `charger.backplate IS NULL AND charger.destination = ${of}`),
    ...told(operator, (of) => `charger.operator = ${of}`),
    ...told(retired, (of) => `${of} = (charger.retired_at IS NOT NULL)`),
    ...(hasCar == null ? [] : [`${hasCar ? '' : 'NOT '}EXISTS (${UNDER_WAY})`]),
  ].join(' AND ');
}

/** A text that LIKE takes as it is. */
export function escaped(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
