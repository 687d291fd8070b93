import type { Instant } from '@chargebook/domain';
import type { Database } from '@chargebook/read-models';
import { known } from '@chargebook/read-models';
import { CONTROL_OF_CHARGER, CONTROL_OF_SITE, controlSpans } from './control-spans';
import type { Extent } from './extent.queries';
import type { ReportArguments } from './report-arguments';
import type { ReportLine } from './report-line';
import { inGroups, lineOf } from './report-line';

const THINGS_AT_ONCE = 50;

interface PlacementRow {
  charger: string;
  backplate: string;
  circuit: string | null;
  site: string | null;
  from_at: Instant;
  until_at: Instant | null;
  mounted_by: number;
  dismounted_by: number | null;
  destination: string | null;
  recorded_at: Instant;
}

/** Where chargers hung, a row for each circuit to which the place was wired meanwhile, in the span ($3, $4). */
const placementsWhere = (condition: string) => `
  SELECT stay.charger, stay.backplate, wiring.circuit, wiring.site, stay.mounted_by, mount.recorded_at,
    greatest(stay.from_at, wiring.from_at) AS from_at, least(stay.until_at, wiring.until_at) AS until_at,
    CASE WHEN wiring.until_at IS NULL OR stay.until_at <= wiring.until_at THEN stay.dismounted_by END AS dismounted_by,
    CASE WHEN wiring.until_at IS NULL OR stay.until_at <= wiring.until_at THEN stay.destination END AS destination
  FROM placements.stay JOIN ledger.fact AS mount ON mount.sequence = stay.mounted_by
  LEFT JOIN placements.wiring ON wiring.backplate = stay.backplate AND ${known('wiring', '$2')}
    AND (stay.until_at IS NULL OR stay.until_at > wiring.from_at)
    AND (wiring.until_at IS NULL OR wiring.until_at > stay.from_at)
  WHERE ${condition} AND ${known('stay', '$2')}
    AND greatest(stay.from_at, wiring.from_at) < $4
    AND coalesce(least(stay.until_at, wiring.until_at), 'infinity') > $3`;

/** Of where chargers hung what was while an operator ($5) had control of the charger or of the site, as far as it had. */
const whileControlled = (of: 'charger' | 'site') => `
  SELECT hung.charger, hung.backplate, hung.circuit, hung.site, hung.mounted_by, hung.recorded_at,
    greatest(hung.from_at, control.from_at) AS from_at, least(hung.until_at, control.until_at) AS until_at,
    CASE WHEN control.until_at IS NULL OR hung.until_at <= control.until_at THEN hung.dismounted_by END AS dismounted_by,
    CASE WHEN control.until_at IS NULL OR hung.until_at <= control.until_at THEN hung.destination END AS destination
  FROM hung JOIN ${of}_control AS control ON control.id = hung.${of}
    AND (control.until_at IS NULL OR control.until_at > hung.from_at)
    AND (hung.until_at IS NULL OR hung.until_at > control.from_at)
  WHERE greatest(hung.from_at, control.from_at) < $4
    AND coalesce(least(hung.until_at, control.until_at), 'infinity') > $3`;

const inOrder = (placements: string) =>
  `SELECT * FROM (${placements}) AS placement ORDER BY charger COLLATE "C", from_at, backplate COLLATE "C"`;

/** Of chargers ($1). */
const PLACEMENTS_OF_OURS = `
  WITH charger_control AS (${controlSpans('charger', 'fact.charger = ANY($1)', '$2', '$5')}),
    hung AS (${placementsWhere('stay.charger = ANY($1)')})
  ${inOrder(whileControlled('charger'))}`;

/** At sites ($1), without what is told of its own chargers ($6) already. */
const PLACEMENTS_AT_OURS = `
  WITH site_control AS (${controlSpans('site', 'fact.site = ANY($1)', '$2', '$5')}),
    hung AS MATERIALIZED (${placementsWhere('wiring.site = ANY($1)')}),
    hung_there AS (${whileControlled('site')}),
    charger_control AS (
      ${controlSpans('charger', 'fact.charger IN (SELECT charger FROM hung) AND fact.charger = ANY($6)', '$2', '$5')}),
    others AS (
      SELECT * FROM hung_there WHERE NOT EXISTS (
        SELECT FROM charger_control AS told WHERE told.id = hung_there.charger AND told.from_at <= hung_there.from_at
          AND (told.until_at IS NULL OR told.until_at >= hung_there.until_at)))
  ${inOrder('SELECT * FROM others')}`;

const CONTROL = `
  SELECT fact.{of} AS id, fact.operator, fact.recorded_at AS since, fact.sequence, fact.event_id,
    lead(fact.recorded_at) OVER (PARTITION BY fact.{of} ORDER BY fact.sequence) AS until
  FROM ledger.fact WHERE fact.{of} = ANY($1) AND fact.type = ANY($3) AND fact.sequence <= $2 AND fact.problem IS NULL
  ORDER BY fact.{of} COLLATE "C", fact.sequence`;

interface ControlRow {
  id: string;
  operator: string;
  since: Instant;
  until: Instant | null;
  sequence: number;
  event_id: string;
}

/** Chain of custody: where things were, and whose they were. */
export class CustodyLines {
  constructor(private readonly database: Database) {}

  async *placements(report: ReportArguments, extent: Extent): AsyncGenerator<ReportLine[], void, undefined> {
    const { scope } = report;
    if (scope.kind === 'operator') yield* this.placementsControlled(scope.id, report, extent);
    if (scope.kind === 'backplate') yield await this.placementsOf('stay.backplate = $1', scope.id, report);
    if (scope.kind === 'circuit' || scope.kind === 'site')
      yield await this.placementsOf(`wiring.${scope.kind} = $1`, scope.id, report);
    if (scope.kind !== 'charger' && scope.kind !== 'book') return;
    for (const chargers of inGroups(extent.chargers, THINGS_AT_ONCE))
      yield await this.placementsOf('stay.charger = ANY($1)', chargers, report);
  }

  private async *placementsControlled(operator: string, report: ReportArguments, extent: Extent) {
    for (const chargers of inGroups(extent.chargers, THINGS_AT_ONCE))
      yield await this.lines(PLACEMENTS_OF_OURS, [chargers, ...spanOf(report), operator]);
    for (const sites of inGroups(extent.sites, THINGS_AT_ONCE))
      yield await this.lines(PLACEMENTS_AT_OURS, [sites, ...spanOf(report), operator, extent.chargers]);
  }

  /** All of it, whenever it was: who had control before the span began is asked as well. */
  async *control({ scope, asOfSequence: cut }: ReportArguments, extent: Extent) {
    // An operator's own report tells when it had what; who had it else is told by reports on those things.
    const isOurs = ({ operator }: ControlRow) => scope.kind !== 'operator' || operator === scope.id;
    const [chargers, sites] =
      scope.kind === 'operator'
        ? [extent.hadChargers, extent.hadSites]
        : [extent.chargers, [...extent.sites, ...extent.sitesAround]];
    const kinds = [
      ['charger', chargers, CONTROL_OF_CHARGER],
      ['site', sites, CONTROL_OF_SITE],
    ] as const;
    for (const [kind, things, types] of kinds) {
      for (const ids of inGroups(things, THINGS_AT_ONCE)) {
        const rows = await this.database.query<ControlRow>(CONTROL.replaceAll('{of}', kind), [
          ids,
          cut,
          types,
        ]);
        yield rows
          .filter(isOurs)
          .map(({ id, operator, since, until, sequence, event_id: eventId }) =>
            lineOf('control', { thing: `${kind}:${id}`, operator, since, until, sequence, eventId }),
          );
      }
    }
  }

  private placementsOf(
    condition: string,
    id: string | readonly string[],
    report: ReportArguments,
  ): Promise<ReportLine[]> {
    return this.lines(inOrder(placementsWhere(condition)), [id, ...spanOf(report)]);
  }

  private async lines(sql: string, values: readonly unknown[]): Promise<ReportLine[]> {
    const rows = await this.database.query<PlacementRow>(sql, values);
    return rows.map((row) =>
      lineOf('placement', {
        charger: row.charger,
        backplate: row.backplate,
        circuit: row.circuit,
        site: row.site,
        from: row.from_at,
        until: row.until_at,
        mountedBy: row.mounted_by,
        dismountedBy: row.dismounted_by,
        destination: row.destination,
        recordedAt: row.recorded_at,
      }),
    );
  }
}

/** What all of these statements are given as $2, $3 and $4. */
function spanOf({ asOfSequence, from, to }: ReportArguments): readonly [number, Instant, Instant] {
  return [asOfSequence, from, to];
}
