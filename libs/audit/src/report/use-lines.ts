import type { Instant } from '@chargebook/domain';
import type { Database } from '@chargebook/read-models';
import { known, visitsTo, within } from '@chargebook/read-models';
import { controlSpans } from './control-spans';
import type { Extent } from './extent.queries';
import type { ReportArguments } from './report-arguments';
import { isPlace } from './report-arguments';
import type { ReportLine } from './report-line';
import { inGroups, lineOf } from './report-line';

const CHARGERS_AT_ONCE = 10;

/** SQL for where some chargers ($1) hung, as known at the cut ($2), split where places were wired anew. */
const VISITS = `visit AS MATERIALIZED (
    SELECT stay.charger, stay.backplate, wiring.circuit, wiring.site,
      greatest(stay.from_at, wiring.from_at) AS from_at, least(stay.until_at, wiring.until_at) AS until_at
    FROM placements.stay LEFT JOIN placements.wiring ON wiring.backplate = stay.backplate AND ${known('wiring', '$2')}
      AND (stay.until_at IS NULL OR stay.until_at > wiring.from_at)
      AND (wiring.until_at IS NULL OR wiring.until_at > stay.from_at)
    WHERE stay.charger = ANY($1) AND ${known('stay', '$2')})`;

// Sums of numbers as they are written, so that they do not depend on the order in which a database adds.
const SESSIONS = `WITH ${VISITS} {control}
  SELECT session.id, session.charger, place.backplate, place.circuit, place.site, session.started_at, session.ended_at,
    session.end_cause, session.cut_by_move, coalesce(session.told_energy_watt_hours, (
      SELECT sum(energy.watt_hours::numeric)::float8 FROM sessions.energy WHERE energy.charger = session.charger
        AND energy.started_at = session.started_at AND energy.session = session.id AND ${known('energy', '$2')})) AS energy,
    CASE WHEN session.driver_reference LIKE 'driver:%' {known} THEN session.driver_reference END AS driver_reference
  FROM sessions.session LEFT JOIN visit AS place
    ON place.charger = session.charger AND ${within('session.started_at', 'place')}
  WHERE session.charger = ANY($1) AND ${known('session', '$2')}
    AND session.started_at >= $3 AND session.started_at < $4 {there}
  ORDER BY session.charger COLLATE "C", session.started_at, session.id COLLATE "C"`;

const ENERGY = `WITH ${VISITS} {control}
  SELECT energy.charger, place.backplate, place.circuit, place.site, to_char(energy.at, 'YYYY-MM') AS month,
    sum(energy.watt_hours::numeric)::float8 AS energy
  FROM sessions.energy LEFT JOIN visit AS place
    ON place.charger = energy.charger AND ${within('energy.placed_at', 'place')}
  WHERE energy.charger = ANY($1) AND ${known('energy', '$2')} AND energy.at >= $3 AND energy.at < $4 {there}
  GROUP BY energy.charger, place.backplate, place.circuit, place.site, month
  ORDER BY energy.charger COLLATE "C", month, place.backplate COLLATE "C", place.circuit COLLATE "C"`;

const ERASED = `SELECT fact.data ->> 'driver' AS reference, fact.sequence, fact.recorded_at, fact.event_id
  FROM ledger.fact WHERE fact.type = 'DriverErased' AND fact.sequence <= $1 AND fact.sequence > $2
  ORDER BY fact.sequence LIMIT 1000`;

/** When an operator ($5) had control of its chargers among those ($7), and of its sites ($6) where these hung. */
const CONTROL = `, charger_control AS MATERIALIZED (${controlSpans('charger', 'fact.charger = ANY($7)', '$2', '$5')}),
  site_control AS MATERIALIZED (${controlSpans('site', 'fact.site IN (SELECT site FROM visit) AND fact.site = ANY($6)', '$2', '$5')})`;

const isOurs = (of: 'charger' | 'site', id: string, at: string) =>
  `EXISTS (SELECT FROM ${of}_control AS ours WHERE ours.id = ${id} AND ${within(at, 'ours')})`;

interface SessionRow {
  id: string;
  charger: string;
  backplate: string | null;
  circuit: string | null;
  site: string | null;
  started_at: Instant;
  ended_at: Instant | null;
  end_cause: string | null;
  cut_by_move: boolean;
  energy: number | null;
  driver_reference: string | null;
}

interface EnergyRow {
  charger: string;
  backplate: string | null;
  circuit: string | null;
  site: string | null;
  month: string;
  energy: number;
}

interface ErasedRow {
  reference: string;
  sequence: number;
  recorded_at: Instant;
  event_id: string;
}

/** Sessions and energy, at the places where chargers hung; and whose drivers are forgotten. Made for one report. */
export class UseLines {
  private readonly drivers = new Set<string>();
  private readonly ours: ReadonlySet<string>;
  private chargersThere: Promise<readonly string[]> | undefined;

  constructor(
    private readonly database: Database,
    private readonly report: ReportArguments,
    private readonly extent: Extent,
  ) {
    this.ours = new Set(extent.chargers);
  }

  async *sessions(): AsyncGenerator<ReportLine[], void, undefined> {
    for (const chargers of inGroups(await this.chargers(), CHARGERS_AT_ONCE)) {
      const rows = await this.rows<SessionRow>(SESSIONS, 'session.started_at', chargers);
      for (const row of rows) if (row.driver_reference != null) this.drivers.add(row.driver_reference);
      yield rows.map(sessionLine);
    }
  }

  async *energy(): AsyncGenerator<ReportLine[], void, undefined> {
    for (const chargers of inGroups(await this.chargers(), CHARGERS_AT_ONCE)) {
      const rows = await this.rows<EnergyRow>(ENERGY, 'energy.placed_at', chargers);
      yield rows.map(({ energy, ...row }) => ({
        ...lineOf('energy', { ...row, timeZone: 'UTC', energyWattHours: energy }),
        energyWattHours: energy,
      }));
    }
  }

  /** Of drivers in the sessions so far, or of all where it is about the book. */
  async *erasures(): AsyncGenerator<ReportLine[], void, undefined> {
    const { scope, asOfSequence } = this.report;
    if (scope.kind === 'partner') return;
    for (let reached = 0; ;) {
      const rows = await this.database.query<ErasedRow>(ERASED, [asOfSequence, reached]);
      const last = rows.at(-1);
      if (last == null) return;
      reached = last.sequence;
      yield rows
        .filter(({ reference }) => scope.kind === 'book' || this.drivers.has(reference))
        .map(({ reference, sequence, recorded_at: recordedAt, event_id: eventId }) =>
          lineOf('erasure', { driver: reference, sequence, recordedAt, eventId }),
        );
    }
  }

  /** @param at SQL of when a row was at its place */
  private rows<Row extends object>(sql: string, at: string, chargers: readonly string[]): Promise<Row[]> {
    const { scope, asOfSequence, from, to } = this.report;
    const values: unknown[] = [chargers, asOfSequence, from, to];
    const parts = { control: '', there: '', known: '' };
    if (isPlace(scope)) parts.there = `AND place.${scope.kind} = $${String(values.push(scope.id))}`;
    if (scope.kind === 'operator') {
      const { sites } = this.extent;
      values.push(
        scope.id,
        sites,
        chargers.filter((charger) => this.ours.has(charger)),
      );
      const row = at.slice(0, at.indexOf('.'));
      const isOurCharger = isOurs('charger', `${row}.charger`, at);
      // Who charged is known to whoever had control of the charger then.
      Object.assign(parts, { control: CONTROL, known: `AND ${isOurCharger}` });
      parts.there = `AND (${isOurCharger} OR ${isOurs('site', 'place.site', at)})`;
    }
    const text = sql.replace(/{(control|there|known)}/g, (_, name: keyof typeof parts) => parts[name]);
    return this.database.query<Row>(text, values);
  }

  /** Those whose sessions are told: chargers of the scope, or whatever hung at the place. */
  private chargers(): Promise<readonly string[]> {
    this.chargersThere ??= this.askChargers();
    return this.chargersThere;
  }

  private async askChargers(): Promise<readonly string[]> {
    const { scope, asOfSequence } = this.report;
    if (scope.kind === 'partner') return [];
    if (scope.kind === 'charger' || scope.kind === 'book') return this.extent.chargers;
    if (scope.kind === 'operator') return this.ourChargersAndVisitors(asOfSequence);
    const axis = scope.kind.toUpperCase() as 'BACKPLATE' | 'CIRCUIT' | 'SITE';
    const rows = await this.database.query<{ id: string }>(
      `SELECT id FROM (SELECT DISTINCT charger AS id FROM (${visitsTo(axis, '$1', '$2')}) AS visit) AS thing
       ORDER BY id COLLATE "C"`,
      [scope.id, asOfSequence],
    );
    return rows.map(({ id }) => id);
  }

  private async ourChargersAndVisitors(asOfSequence: number): Promise<readonly string[]> {
    const { chargers, sites } = this.extent;
    const rows = await this.database.query<{ id: string }>(
      `SELECT id FROM (SELECT unnest($1::text[]) AS id UNION SELECT visit.charger FROM unnest($2::text[]) AS ours (site)
         CROSS JOIN LATERAL (${visitsTo('SITE', 'ours.site', '$3')}) AS visit) AS thing ORDER BY id COLLATE "C"`,
      [chargers, sites, asOfSequence],
    );
    return rows.map(({ id }) => id);
  }
}

function sessionLine(row: SessionRow): ReportLine {
  return lineOf('session', {
    id: row.id,
    charger: row.charger,
    backplate: row.backplate,
    circuit: row.circuit,
    site: row.site,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    endCause: row.end_cause,
    cutByMove: row.cut_by_move,
    energyWattHours: row.energy,
    driver: row.driver_reference,
  });
}
