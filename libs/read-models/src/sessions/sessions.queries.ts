import type { Instant, SessionEndCause } from '@chargebook/domain';
import { known } from '../book/as-of';
import type { AsOf } from '../book/as-of';
import type { AccessScope } from '../access/access-scope';
import type { Database } from '../database/database';
import type { Page, PageRequest } from '../pages/page';
import { pageSql, toPage } from '../pages/page';
import type { PlaceAxis } from '../placements/visits';
import { visitsTo, within } from '../placements/visits';

export interface SessionRecord {
  readonly id: string;
  readonly serial: string;
  readonly startedAt: Instant;
  readonly endedAt?: Instant;
  readonly endCause?: SessionEndCause;
  readonly cutByMove: boolean;
  readonly energyWattHours?: number;
  readonly driverReference?: string;
}

/** A thing along which sessions are listed and energy is summed. */
export interface AxisPoint {
  readonly axis: 'CHARGER' | PlaceAxis;
  readonly id: string;
}

interface SessionRow {
  id: string;
  charger: string;
  started_at: Instant;
  ended_at: Instant | null;
  end_cause: SessionEndCause | null;
  cut_by_move: boolean;
  energy: number | null;
  driver_reference: string | null;
}

const SESSION_COLUMNS = `session.id, session.charger, session.started_at, session.ended_at, session.end_cause,
  session.cut_by_move`;

/** Told at the end, or else what the readings add up to. */
function energyOf(cut: string): string {
  return `coalesce(session.told_energy_watt_hours, (
    SELECT sum(energy.watt_hours) FROM sessions.energy WHERE energy.charger = session.charger
      AND energy.started_at = session.started_at AND energy.session = session.id AND ${known('energy', cut)})) AS energy`;
}

/** Charging sessions, along the charger and along places: a session belongs to where it started. */
export class SessionQueries {
  constructor(
    private readonly database: Database,
    private readonly scope: AccessScope,
  ) {}

  /** Sessions that started in [from, to), newest first. */
  async page(
    point: AxisPoint,
    span: { from?: Instant | null; to?: Instant | null },
    cut: number,
    request: PageRequest,
  ): Promise<Page<SessionRecord>> {
    await this.scope.require(point, 'READ_HISTORY');
    const filters = [point.id, cut, span.from ?? null, span.to ?? null];
    const values: unknown[] = [...filters];
    const columns = [
      { sql: 'session.started_at', type: 'timestamptz' },
      { sql: 'session.charger', type: 'text' },
      { sql: 'session.id', type: 'text' },
    ] as const;
    const sql = pageSql(request, columns, 'DESC', values);
    const conditions = `${known('session', '$2')} AND session.started_at >= coalesce($3::timestamptz, '-infinity')
      AND session.started_at < coalesce($4::timestamptz, 'infinity')`;
    const limited = `ORDER BY ${sql.orderBy} LIMIT ${String(sql.limit)}`;
    const selected = `SELECT ${SESSION_COLUMNS}, session.driver_reference, session.told_energy_watt_hours FROM sessions.session`;
    const { some, all } =
      point.axis === 'CHARGER'
        ? {
            some: `${selected} WHERE session.charger = $1 AND ${conditions} ${sql.where} ${limited}`,
            all: `SELECT 1 FROM sessions.session WHERE session.charger = $1 AND ${conditions}`,
          }
        : {
            some: `SELECT session.* FROM (${visitsTo(point.axis, '$1', '$2')}) AS visit CROSS JOIN LATERAL (
              ${selected} WHERE session.charger = visit.charger AND ${within('session.started_at', 'visit')}
              AND ${conditions} ${sql.where} ${limited}) AS session ${limited}`,
            all: `SELECT 1 FROM (${visitsTo(point.axis, '$1', '$2')}) AS visit JOIN sessions.session
              ON session.charger = visit.charger AND ${within('session.started_at', 'visit')} WHERE ${conditions}`,
          };
    const rows = await this.database.query<SessionRow>(
      `SELECT ${this.columns(values)}, ${energyOf('$2')} FROM (${some}) AS session ORDER BY ${sql.orderBy}`,
      values,
    );
    return toPage(rows, sql, request, {
      cursor: (row) => [row.started_at, row.charger, row.id],
      node: sessionOf,
      totalCount: async () => {
        const counted = await this.database.query<{ count: number }>(
          `SELECT count(*) FROM (${all}) AS found`,
          filters,
        );
        return counted[0]?.count ?? 0;
      },
    });
  }

  /** A session by its id; where several chargers use the same id, the one that started last. */
  async byId(id: string, cut: number): Promise<SessionRecord | undefined> {
    const values: unknown[] = [id, cut];
    const isOurCharger = this.scope.chargerCondition('session.charger', 'READ_HISTORY', values, 'FEW');
    const wasInOurSite = `EXISTS (SELECT 1 FROM placements.stay JOIN placements.wiring USING (backplate)
      WHERE stay.charger = session.charger AND ${known('stay', '$2')} AND ${within('session.started_at', 'stay')}
        AND ${known('wiring', '$2')} AND ${within('session.started_at', 'wiring')}
        AND ${this.scope.siteCondition('wiring.site', 'READ_HISTORY', values)})`;
    const rows = await this.database.query<SessionRow>(
      `SELECT ${this.columns(values)}, ${energyOf('$2')} FROM sessions.session
       WHERE session.id = $1 AND ${known('session', '$2')} AND (${isOurCharger} OR ${wasInOurSite})
       ORDER BY session.started_at DESC LIMIT 1`,
      values,
    );
    return rows[0] && sessionOf(rows[0]);
  }

  /** The session that was under way on each of some chargers at an instant, of those where that may be known. */
  async ongoing(
    serials: readonly string[],
    { at, cut }: AsOf,
    wanted: 'ANY' | 'READ_STATE' = 'READ_STATE',
  ): Promise<Map<string, SessionRecord>> {
    const seen = await this.scope.chargers(serials, wanted);
    const values: unknown[] = [[...seen], cut, at];
    const rows = await this.database.query<SessionRow>(
      `SELECT ${this.columns(values)}, ${energyOf('$2')} FROM unnest($1::text[]) AS wanted (charger) CROSS JOIN LATERAL (
         SELECT * FROM sessions.session WHERE session.charger = wanted.charger AND session.started_at <= $3
           AND ${known('session', '$2')} ORDER BY session.started_at DESC, session.ended_at DESC NULLS FIRST LIMIT 1
       ) AS session WHERE session.ended_at IS NULL OR session.ended_at > $3`,
      values,
    );
    return new Map(rows.map((row) => [row.charger, sessionOf(row)]));
  }

  /** Drivers are shown to who had control of the charger when the session began. */
  private columns(values: unknown[]): string {
    const isForUs = this.scope.driverCondition('session.charger', 'session.started_at', values);
    // What a reference leads to is in the vault; what was told without one stands for itself.
    return `${SESSION_COLUMNS}, CASE WHEN session.driver_reference IS NULL OR NOT ${isForUs} THEN NULL
      WHEN session.driver_reference NOT LIKE 'driver:%' THEN session.driver_reference
      ELSE (SELECT told FROM vault.driver WHERE driver.reference = session.driver_reference) END AS driver_reference`;
  }
}

function sessionOf(row: SessionRow): SessionRecord {
  return {
    id: row.id,
    serial: row.charger,
    startedAt: row.started_at,
    endedAt: row.ended_at ?? undefined,
    endCause: row.end_cause ?? undefined,
    cutByMove: row.cut_by_move,
    energyWattHours: row.energy ?? undefined,
    driverReference: row.driver_reference ?? undefined,
  };
}
