import type { Database } from '@chargebook/read-models';
import { sourcesOf } from '@chargebook/read-models';
import { pointOf } from './report-access';
import type { ReportArguments } from './report-arguments';
import { isPlace } from './report-arguments';

/** A place in the book that a report shows: in full, or by its head alone. */
export interface ChosenFact {
  readonly sequence: number;
  readonly isTold: boolean;
  /** It happened in the span, and is nevertheless not for those who have the place alone. */
  readonly isWithheld: boolean;
}

/** Of a thing all of them are looked for each time, so it is not done often; they are numbers. */
const CHOSEN_AT_ONCE = 100_000;

const isInSpan = (instant: string) => `(${instant} >= $3 AND ${instant} < $4)`;
/** Of what cannot be read it may not be known when it happened: it is told. */
const IS_OF_SPAN = `(${isInSpan('fact.occurred_at')} OR (fact.problem IS NOT NULL AND EXISTS (
  SELECT FROM ledger.entry AS untimed WHERE untimed.sequence = fact.sequence AND untimed.occurred_at IS NULL)))`;
/** What is reserved says where a charger came from. */
const SAYS_TOO_MUCH = `fact.type = 'BackplateReserved'`;

/** A correction that happened outside the span, of what happened in it or is now said to have. */
const CORRECTS_THE_SPAN = `fact.corrects IS NOT NULL AND fact.sequence <= $2 AND NOT ${isInSpan('fact.occurred_at')}
  AND (EXISTS (SELECT FROM ledger.fact AS wrong
      WHERE wrong.event_id = fact.corrects AND wrong.sequence < fact.sequence AND ${isInSpan('wrong.occurred_at')})
    OR CASE WHEN fact.type = 'FactReplaced' THEN ${isInSpan(`(fact.data ->> 'occurredAt')::timestamptz`)} END)`;

type Scoped = Pick<ReportArguments, 'scope' | 'from' | 'to' | 'asOfSequence'>;

/** Which facts a report shows, in the order of the book. */
export class ChosenFacts {
  constructor(private readonly database: Database) {}

  /**
   * All that concern the scope in the span, and what else names it, after a sequence.
   *
   * @returns some of them, in order; none where there are no more
   */
  after(sequence: number, { scope, from, to, asOfSequence }: Scoped): Promise<ChosenFact[]> {
    if (scope.kind === 'book') {
      return this.database.query<ChosenFact & object>(
        `SELECT fact.sequence, ${IS_OF_SPAN} AS "isTold", false AS "isWithheld" FROM ledger.fact
         WHERE fact.sequence > $1 AND fact.sequence <= $2 ORDER BY fact.sequence LIMIT ${String(CHOSEN_AT_ONCE)}`,
        [sequence, asOfSequence, from, to],
      );
    }
    const tooMuch = isPlace(scope) ? SAYS_TOO_MUCH : 'false';
    const named = `SELECT fact.sequence, ${IS_OF_SPAN} AND NOT ${tooMuch} AS is_told, ${IS_OF_SPAN} AND ${tooMuch} AS is_withheld
      FROM ledger.fact WHERE fact.${scope.kind} = $1 AND fact.sequence <= $2`;
    const unreadable = `SELECT fact.sequence, ${IS_OF_SPAN}, false FROM ledger.fact JOIN ledger.entry USING (sequence)
      WHERE fact.problem IS NOT NULL AND fact.sequence <= $2 AND entry.things ? ('${scope.kind}:' || $1)`;
    const there = this.happenedThere({ scope }, 'sequence, true, false');
    return this.database.query<ChosenFact & object>(
      `SELECT sequence, bool_or(is_told) AS "isTold", bool_or(is_withheld) AS "isWithheld"
       FROM (${[named, unreadable, ...there].join(' UNION ALL ')}) AS fact
       WHERE sequence > $6 AND $5::text[] IS NULL GROUP BY sequence
       ORDER BY sequence LIMIT ${String(CHOSEN_AT_ONCE)}`,
      [scope.id, asOfSequence, from, to, null, sequence],
    );
  }

  /** Sequences of corrections that are not among those, and concern the span. */
  async correcting({ scope, from, to, asOfSequence }: Scoped): Promise<number[]> {
    const of = scope.kind === 'book' ? '$1::text IS NULL' : `fact.${scope.kind} = $1`;
    const there = this.happenedThere({ scope }, 'corrected_by').map(
      (corrected) => `SELECT fact.sequence FROM (${corrected}) AS corrected (sequence)
        JOIN ledger.fact USING (sequence) WHERE fact.sequence <= $2 AND NOT ${isInSpan('fact.occurred_at')}`,
    );
    const parts = [`SELECT fact.sequence FROM ledger.fact WHERE ${of} AND ${CORRECTS_THE_SPAN}`, ...there];
    const rows = await this.database.query<{ sequence: number }>(
      `SELECT DISTINCT sequence FROM (${parts.join(' UNION ALL ')}) AS fact
       WHERE $5::text[] IS NULL ORDER BY sequence`,
      [scope.id ?? null, asOfSequence, from, to, null],
    );
    return rows.map(({ sequence }) => sequence);
  }

  /** What happened at a place without naming it. */
  private happenedThere({ scope }: Pick<Scoped, 'scope'>, columns: string): string[] {
    if (!isPlace(scope)) return [];
    return sourcesOf(pointOf(scope)).map(
      (source) => `SELECT ${columns} FROM (
        ${source('fact.sequence, fact.corrected_by', `AND NOT ${SAYS_TOO_MUCH}`, '')}) AS happened`,
    );
  }
}
