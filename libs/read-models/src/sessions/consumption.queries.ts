import type { Instant } from '@chargebook/domain';
import { known } from '../book/as-of';
import type { AccessScope } from '../access/access-scope';
import type { Database } from '../database/database';
import { PageRequestError } from '../pages/page';
import { visitsTo, within } from '../placements/visits';
import type { AxisPoint } from './sessions.queries';

export const INTERVALS = ['HOUR', 'DAY', 'WEEK', 'MONTH', 'YEAR', 'TOTAL'] as const;
export type Interval = (typeof INTERVALS)[number];

export interface Consumption {
  readonly from: Instant;
  readonly to: Instant;
  /** Absent where sessions started and nobody told any energy. */
  readonly energyWattHours?: number;
  /** Sessions that started in the bucket. */
  readonly sessions: number;
  readonly sessionsWithoutEnergy: number;
}

const MOST_BUCKETS = 10_000;
const SHORTEST_MS: Readonly<Record<Interval, number>> = {
  HOUR: 3_600_000,
  DAY: 23 * 3_600_000,
  WEEK: 167 * 3_600_000,
  MONTH: 28 * 86_400_000 - 3_600_000,
  YEAR: 365 * 86_400_000 - 3_600_000,
  TOTAL: Number.POSITIVE_INFINITY,
};

interface BucketRow {
  from_at: Instant;
  to_at: Instant;
  energy: number | null;
  sessions: number;
  without_energy: number;
}

/** Energy and sessions over time. Energy counts when it was told, at the place where the charger hung then. */
export class ConsumptionQueries {
  constructor(
    private readonly database: Database,
    private readonly scope: AccessScope,
  ) {}

  /**
   * Adjacent buckets over [from, to), cut in a time zone; the first and the last may be shorter.
   *
   * @param timeZone IANA zone
   * @throws PageRequestError for a reversed span, or one of too many buckets
   */
  async buckets(
    point: AxisPoint,
    span: { from: Instant; to: Instant },
    of: { interval: Interval; timeZone: string; cut: number },
  ): Promise<Consumption[]> {
    await this.scope.require(point, 'READ_HISTORY');
    const { from, to } = span;
    const { interval, timeZone, cut } = of;
    checkSpan(from, to, interval);
    const visits =
      point.axis === 'CHARGER'
        ? `SELECT $1::text AS charger, '-infinity'::timestamptz AS from_at, NULL::timestamptz AS until_at`
        : visitsTo(point.axis, '$1', '$2');
    const bucketOf = (instant: string) =>
      `width_bucket(${instant}, (SELECT array_agg(from_at ORDER BY number) FROM bucket))`;
    const rows = await this.database.query<BucketRow>(
      `WITH visit AS (${visits}),
         bucket AS (${bucketsSql(interval)}),
         told AS (
           SELECT ${bucketOf('energy.at')} AS bucket, sum(energy.watt_hours) AS energy FROM visit
           JOIN sessions.energy ON energy.charger = visit.charger AND ${within('energy.placed_at', 'visit')}
           WHERE ${known('energy', '$2')} AND energy.at >= $3 AND energy.at < $4 GROUP BY 1),
         begun AS (
           SELECT ${bucketOf('session.started_at')} AS bucket, count(*) AS sessions, count(*) FILTER (
             WHERE session.told_energy_watt_hours IS NULL AND NOT EXISTS (
               SELECT 1 FROM sessions.energy WHERE energy.charger = session.charger
                 AND energy.started_at = session.started_at AND energy.session = session.id AND ${known('energy', '$2')}
             )) AS without_energy
           FROM visit JOIN sessions.session ON session.charger = visit.charger
             AND ${within('session.started_at', 'visit')}
           WHERE ${known('session', '$2')} AND session.started_at >= $3 AND session.started_at < $4 GROUP BY 1)
       SELECT bucket.from_at, bucket.to_at, told.energy, coalesce(begun.sessions, 0)::int AS sessions,
         coalesce(begun.without_energy, 0)::int AS without_energy
       FROM bucket LEFT JOIN told ON told.bucket = bucket.number LEFT JOIN begun ON begun.bucket = bucket.number
       ORDER BY bucket.number`,
      [point.id, cut, from, to, timeZone],
    );
    return rows.map(consumptionOf);
  }
}

/**
 * Cut in wall time and turned into instants, so that a day of a clock change is one bucket of 23 or 25 hours. Of a
 * midnight that comes twice the first counts; PostgreSQL takes the second.
 */
function bucketsSql(interval: Interval): string {
  if (interval === 'TOTAL')
    return 'SELECT 1 AS number, $3::timestamptz AS from_at, $4::timestamptz AS to_at, $5::text';
  const starts =
    interval === 'HOUR'
      ? `SELECT generate_series(date_trunc('HOUR', $3::timestamptz, $5), $4::timestamptz, '1 hour')`
      : `SELECT least(wall AT TIME ZONE $5, ((wall - interval '1 hour') AT TIME ZONE $5) + interval '1 hour')
         FROM generate_series(date_trunc('${interval}', $3::timestamptz AT TIME ZONE $5),
           ($4::timestamptz AT TIME ZONE $5) + interval '1 ${interval}', '1 ${interval}') AS wall`;
  return `SELECT row_number() OVER (ORDER BY from_at) AS number, from_at, to_at FROM (
      SELECT greatest(start, $3) AS from_at, least(coalesce(lead(start) OVER (ORDER BY start), $4), $4) AS to_at
      FROM (${starts}) AS starts (start)
    ) AS bucket WHERE from_at < to_at`;
}

function checkSpan(from: Instant, to: Instant, interval: Interval): void {
  if (from >= to) throw new PageRequestError('from must be before to');
  const buckets = (Date.parse(to) - Date.parse(from)) / SHORTEST_MS[interval];
  if (buckets <= MOST_BUCKETS) return;
  throw new PageRequestError(
    `the span has more than ${String(MOST_BUCKETS)} buckets: take a longer interval or a shorter span`,
  );
}

function consumptionOf(row: BucketRow): Consumption {
  const nobodyTold = row.energy == null && row.without_energy > 0;
  return {
    from: row.from_at,
    to: row.to_at,
    energyWattHours: nobodyTold ? undefined : (row.energy ?? 0),
    sessions: row.sessions,
    sessionsWithoutEnergy: row.without_energy,
  };
}
