import type { Actor, EffectiveFact, Instant, LimitScope } from '@chargebook/domain';
import type { AsOf } from '../book/as-of';
import type { Database } from '../database/database';

/** A look at the book as of an instant, or with `until` over the span that begins there. */
export interface LimitLook extends AsOf {
  readonly until?: Instant;
}

/** More happened in the span of a look than is read at once. */
export class SpanTooBusyError extends Error {
  constructor() {
    super('More happened in that span than can be told in one answer: ask for a shorter one.');
    this.name = 'SpanTooBusyError';
  }
}

/** Facts of one type, and of the types that can end what they tell. */
export interface FrequentFacts {
  readonly type: string;
  readonly ends: readonly string[];
  /** How many of the latest matter: late facts can reveal that some told nothing. */
  readonly lookedBack: number;
}

/** As much of a fact as the rules of limits look at: there are thousands behind a page of a list. */
export interface ProbedRow {
  /** The thing that the fact was looked for by. */
  readonly thing: string;
  readonly event_id: string;
  readonly type: string;
  readonly occurred_at: Instant;
  readonly sequence: number;
  readonly device_sequence: number | null;
  readonly actor_kind: string;
  readonly actor_id: string;
  readonly data: Record<string, unknown>;
}

/** The fact without what the rules of limits never look at. */
export function probedFact(row: ProbedRow): EffectiveFact {
  return {
    eventId: row.event_id,
    type: row.type,
    data: row.data,
    metadata: {
      occurredAt: row.occurred_at,
      actor: { kind: row.actor_kind as Actor['kind'], id: row.actor_id },
      deviceSequence: row.device_sequence ?? undefined,
    },
    bookOrder: row.sequence,
  } as unknown as EffectiveFact;
}

const PROBED = `fact.{scope} AS thing, fact.event_id, fact.type, fact.occurred_at, fact.sequence, fact.device_sequence,
  fact.actor_kind, fact.actor_id, fact.data`;

/** Simultaneous facts may come before the one that is looked after. */
const FIRST_FEW = 3;
const MOST_IN_SPAN = 50_000;

/** Known at the cut ($1), at or before the instant ($2), and not corrected. */
const IN_FORCE = `fact.sequence <= $1 AND fact.occurred_at <= $2 AND fact.problem IS NULL
  AND (fact.corrected_by IS NULL OR fact.corrected_by > $1)`;

/**
 * Facts of types ($4) about things ($3): a probe of the index for each of both, whatever the planner believes. It once took all
 * facts of a charger to be few, and read a life of ten years.
 */
const every = (further = '') => `SELECT ${PROBED} FROM unnest($3::text[]) AS thing (id)
  CROSS JOIN unnest($4::text[]) AS kind (type)
  CROSS JOIN LATERAL (
    SELECT * FROM ledger.fact WHERE fact.{scope} = thing.id AND fact.type = kind.type AND ${IN_FORCE} ${further}
    OFFSET 0) AS fact`;

/** What facts of those types were replaced by: each counts when its replacement says that it happened. */
const REPLACED = `SELECT ${PROBED} FROM ledger.fact AS correction
  JOIN ledger.fact AS wrong ON wrong.event_id = correction.corrects AND wrong.corrected_by = correction.sequence
  CROSS JOIN LATERAL jsonb_populate_record(wrong, jsonb_build_object(
    'data', correction.data -> 'replacement', 'occurred_at', correction.data -> 'occurredAt')) AS fact
  WHERE correction.{scope} = ANY($3) AND correction.type = 'FactReplaced' AND correction.sequence <= $1
    AND correction.problem IS NULL AND wrong.type = ANY($4) AND fact.occurred_at <= $2`;

/** The latest facts of each type ($4), as many as matter of it ($5). */
const LATEST = `SELECT ${PROBED} FROM unnest($3::text[]) AS thing (id)
  CROSS JOIN unnest($4::text[], $5::int[]) AS kind (type, looked_back)
  CROSS JOIN LATERAL (
    SELECT * FROM ledger.fact WHERE fact.{scope} = thing.id AND fact.type = kind.type AND ${IN_FORCE}
    ORDER BY fact.occurred_at DESC, fact.device_sequence DESC NULLS FIRST, fact.sequence DESC
    LIMIT kind.looked_back) AS fact`;

/** The first facts of types ($4) about things ($3), each since an instant ($5). */
const FIRST_SINCE = `SELECT ${PROBED} FROM unnest($3::text[], $4::text[], $5::timestamptz[]) AS sought (thing, type, since)
  CROSS JOIN LATERAL (
    SELECT * FROM ledger.fact WHERE fact.{scope} = sought.thing AND fact.type = sought.type
      AND fact.occurred_at >= sought.since AND ${IN_FORCE}
    ORDER BY fact.occurred_at, fact.sequence LIMIT ${String(FIRST_FEW)}) AS fact`;

/** Looks for facts by index, however long the histories that they are part of. */
export class FactProbes {
  constructor(
    private readonly database: Database,
    readonly look: LimitLook,
  ) {}

  /** All facts of some types. */
  every(scope: LimitScope, ids: readonly string[], types: readonly string[]): Promise<ProbedRow[]> {
    const values = [[...new Set(ids)], [...new Set(types)]];
    return this.rows(scope, ids, `${every()} UNION ALL ${REPLACED}`, this.horizon, values);
  }

  /** Of facts that come often the latest and the first that can have ended each, and all in the span. */
  async frequent(
    scope: LimitScope,
    ids: readonly string[],
    kinds: readonly FrequentFacts[],
  ): Promise<ProbedRow[]> {
    if (ids.length === 0) return [];
    const types = kinds.map(({ type }) => type);
    const all = [...new Set(kinds.flatMap(({ type, ends }) => [type, ...ends]))];
    const [latest, replaced, spanned] = await Promise.all([
      this.rows(scope, ids, LATEST, this.look.at, [ids, types, kinds.map(({ lookedBack }) => lookedBack)]),
      this.rows(scope, ids, REPLACED, this.horizon, [ids, all]),
      this.inSpan(scope, ids, all),
    ]);
    const sought = latest.flatMap((row) => {
      const ends = kinds.find(({ type }) => type === row.type)?.ends ?? [];
      return ends.map((end) => ({ thing: row.thing, type: end, since: row.occurred_at }));
    });
    const ended = await this.rows(
      scope,
      sought.map(({ thing }) => thing),
      FIRST_SINCE,
      this.horizon,
      [sought.map(({ thing }) => thing), sought.map(({ type }) => type), sought.map(({ since }) => since)],
    );
    return [...latest, ...replaced, ...spanned, ...ended];
  }

  private async inSpan(
    scope: LimitScope,
    ids: readonly string[],
    types: readonly string[],
  ): Promise<ProbedRow[]> {
    const { at, until } = this.look;
    if (until == null) return [];
    const sql = `${every('AND fact.occurred_at > $5')} LIMIT ${String(MOST_IN_SPAN + 1)}`;
    const rows = await this.rows(scope, ids, sql, until, [[...new Set(ids)], types, at]);
    if (rows.length > MOST_IN_SPAN) throw new SpanTooBusyError();
    return rows;
  }

  private async rows(
    scope: LimitScope,
    ids: readonly string[],
    sql: string,
    upTo: Instant,
    values: readonly unknown[],
  ): Promise<ProbedRow[]> {
    if (ids.length === 0) return [];
    return this.database.query<ProbedRow>(sql.replaceAll('{scope}', scope), [this.look.cut, upTo, ...values]);
  }

  private get horizon(): Instant {
    return this.look.until ?? this.look.at;
  }
}
