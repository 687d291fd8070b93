import type { Instant, LimitSegment, SourceSpan } from '@chargebook/domain';
import { earlier, plusMs, TimelineTooLongError } from '@chargebook/domain';
import type { AccessScope, Database } from '@chargebook/read-models';
import { LimitQueries, SpanTooBusyError } from '@chargebook/read-models';
import type { JsonValue } from '@chargebook/transparency';
import type { Extent } from './extent.queries';
import { WholeSegments, WholeSources } from './limit-spans';
import type { ReportArguments } from './report-arguments';
import type { ReportLine } from './report-line';
import { inGroups, lineOf } from './report-line';

const THINGS_AT_ONCE = 50;
const DAY_MS = 86_400_000;
/** So long a timeline is asked for at once; a quarter of it where too much happens in it. */
const LONGEST_STEP_MS = 3_660 * DAY_MS;
const SHORTEST_STEP_MS = 3_600_000;
/** So many settings of a charger are looked at together. */
const SETTINGS_AT_ONCE = 5_000;

/** Every so many settings of a charger ($1) that come by the minute, the instant of one of them. */
const MILESTONES = `SELECT occurred_at AS at FROM (
    SELECT occurred_at, row_number() OVER (ORDER BY occurred_at) AS nth FROM ledger.fact
    WHERE charger = $1 AND type = 'DynamicChargerCurrentSet' AND sequence <= $2) AS setting
  WHERE nth % ${String(SETTINGS_AT_ONCE)} = 0 ORDER BY at`;

/** A limit that somebody sets and that stays, and by which facts. */
interface StandingLimit {
  readonly source: string;
  readonly of: 'charger' | 'circuit' | 'site';
  /** Types of facts, with the member of their data that tells the value. */
  readonly told: Readonly<Record<string, string>>;
}

const STANDING: readonly StandingLimit[] = [
  {
    source: 'SITE_RATED',
    of: 'site',
    told: { SiteRegistered: 'ratedCurrentAmps', SiteRatedCurrentSet: 'amps' },
  },
  {
    source: 'CIRCUIT_FUSE',
    of: 'circuit',
    told: { CircuitAdded: 'fuseRatingAmps', CircuitFuseRatingSet: 'amps' },
  },
  { source: 'MAX_CIRCUIT', of: 'circuit', told: { MaxCircuitCurrentSet: 'amps' } },
  { source: 'OFFLINE_FALLBACK', of: 'circuit', told: { OfflineFallbackCurrentSet: 'amps' } },
  { source: 'CHARGER_RATED', of: 'charger', told: { ChargerRegistered: 'ratedCurrentAmps' } },
  { source: 'MAX_CHARGER', of: 'charger', told: { MaxChargerCurrentSet: 'amps' } },
];

interface StandingRow {
  id: string;
  amps: JsonValue;
  since: Instant;
  until: Instant | null;
  sequence: number;
  event_id: string;
  actor_kind: string;
  actor_id: string;
}

/** Each value until the next one, corrections applied, as far as it was in force in the span ($4, $5). */
const STANDING_VALUES = `
  WITH told AS (
    SELECT fact.{of} AS id, fact.type, fact.data, fact.occurred_at AS since, fact.device_sequence, fact.sequence,
      fact.event_id, fact.actor_kind, fact.actor_id
    FROM ledger.fact WHERE fact.{of} = ANY($1) AND fact.type = ANY($3) AND fact.sequence <= $2
      AND fact.problem IS NULL AND (fact.corrected_by IS NULL OR fact.corrected_by > $2)
    UNION ALL
    SELECT wrong.{of}, wrong.type, correction.data -> 'replacement', (correction.data ->> 'occurredAt')::timestamptz,
      wrong.device_sequence, wrong.sequence, correction.event_id, correction.actor_kind, correction.actor_id
    FROM ledger.fact AS correction JOIN ledger.fact AS wrong
      ON wrong.event_id = correction.corrects AND wrong.corrected_by = correction.sequence
    WHERE correction.{of} = ANY($1) AND correction.type = 'FactReplaced' AND correction.problem IS NULL
      AND correction.sequence <= $2 AND wrong.type = ANY($3)
  ), lasting AS (
    SELECT told.*, told.data -> ($6::jsonb ->> told.type) AS amps,
      lead(since) OVER (PARTITION BY id ORDER BY since, device_sequence NULLS LAST, sequence) AS until
    FROM told)
  SELECT id, amps, since, until, sequence, event_id, actor_kind, actor_id FROM lasting
  WHERE amps IS NOT NULL AND amps <> 'null'::jsonb AND since < $5
    AND (until IS NULL OR (until > $4 AND until > since))
  ORDER BY id COLLATE "C", since, sequence`;

/** Limits in force, with their changes. */
export class LimitLines {
  private readonly limits: LimitQueries;

  constructor(
    private readonly database: Database,
    wholeBook: AccessScope,
  ) {
    this.limits = new LimitQueries(database, wholeBook);
  }

  /** Of a charger the effective limit with all its sources; of whatever else the values that are set and stay. */
  async *of(report: ReportArguments, extent: Extent): AsyncGenerator<ReportLine[], void, undefined> {
    const { scope } = report;
    if (scope.kind === 'charger') yield* this.timeline(scope.id, report);
    const things = {
      site: [...extent.sites, ...extent.sitesAround],
      circuit: [...extent.circuits, ...extent.circuitsAround],
      charger: extent.chargers,
    };
    for (const limit of STANDING) {
      for (const ids of inGroups(things[limit.of], THINGS_AT_ONCE)) {
        yield await this.standing(limit, ids, report);
      }
    }
  }

  private async standing(
    { source, of, told }: StandingLimit,
    ids: readonly string[],
    { asOfSequence, from, to }: ReportArguments,
  ): Promise<ReportLine[]> {
    const values = [ids, asOfSequence, Object.keys(told), from, to, JSON.stringify(told)];
    const rows = await this.database.query<StandingRow>(STANDING_VALUES.replaceAll('{of}', of), values);
    return rows.map(({ id, amps, since, until, sequence, event_id: eventId, ...row }) => {
      const setBy = { id: row.actor_id, kind: row.actor_kind };
      return lineOf('limit', {
        thing: `${of}:${id}`,
        source,
        amps,
        from: since,
        until,
        setBy,
        sequence,
        eventId,
      });
    });
  }

  private async *timeline(
    charger: string,
    report: ReportArguments,
  ): AsyncGenerator<ReportLine[], void, undefined> {
    const [whole, sources] = [new WholeSegments(), new WholeSources()];
    const told = (segment: LimitSegment) => [
      ...sources.add(segment).map(sourceLine),
      segmentLine(charger, segment),
    ];
    for await (const segments of this.segments(charger, report))
      yield segments.flatMap((segment) => whole.add(segment).flatMap(told));
    yield whole.end().flatMap(told);
    yield sources.end().map(sourceLine);
  }

  /** Up to the last fact of the cut: what comes by itself after that is a forecast. */
  private async *segments(charger: string, report: ReportArguments) {
    const known = plusMs(report.knownAt, 1);
    const to = known < report.to ? known : report.to;
    let from = await this.begin(charger, report);
    const milestones = await this.milestones(charger, report);
    for (let stepMs = LONGEST_STEP_MS; from != null && from < to;) {
      const last = from;
      const milestone = milestones.find((at) => at > last) ?? to;
      const end = earlier(earlier(plusMs(from, stepMs), milestone), to);
      try {
        yield await this.limits.timeline(charger, { from, to: end, cut: report.asOfSequence });
        from = end;
        stepMs = Math.min(LONGEST_STEP_MS, stepMs * 2);
      } catch (error) {
        const isTooMuch = error instanceof SpanTooBusyError || error instanceof TimelineTooLongError;
        if (!isTooMuch || stepMs <= SHORTEST_STEP_MS) throw error;
        stepMs = Math.max(SHORTEST_STEP_MS, Math.floor(stepMs / 4));
      }
    }
  }

  private async milestones(charger: string, { asOfSequence }: ReportArguments): Promise<Instant[]> {
    const rows = await this.database.query<{ at: Instant }>(MILESTONES, [charger, asOfSequence]);
    return rows.map(({ at }) => at);
  }

  /** Before its first fact there is nothing to be told of a charger. */
  private async begin(
    charger: string,
    { from, asOfSequence }: ReportArguments,
  ): Promise<Instant | undefined> {
    const rows = await this.database.query<{ at: Instant }>(
      `SELECT occurred_at AS at FROM ledger.fact WHERE charger = $1 AND sequence <= $2
       ORDER BY occurred_at, sequence LIMIT 1`,
      [charger, asOfSequence],
    );
    const first = rows[0]?.at;
    return first == null || first > from ? first : from;
  }
}

function segmentLine(charger: string, segment: LimitSegment): ReportLine {
  const { from, to, amps, offeredAmps, phases, behaviour, binding } = segment;
  const told = { thing: `charger:${charger}`, source: 'EFFECTIVE', from, until: to };
  return lineOf('limit', { ...told, amps, offeredAmps, phases, behaviour, binding });
}

/** A source in force, over the time in which it is. */
function sourceLine({ kind: source, axis, ofId, amps, setBy, eventId, from, to }: SourceSpan): ReportLine {
  const thing = `${axis.toLowerCase()}:${ofId}`;
  const by = { id: setBy.id, kind: setBy.kind };
  return lineOf('limit', { thing, source, amps: { ...amps }, from, until: to, setBy: by, eventId });
}
