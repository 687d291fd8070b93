import type { Instant } from '@chargebook/domain';
import type { Database } from '@chargebook/read-models';
import { visitsTo, within } from '@chargebook/read-models';
import type { ReportArguments } from './report-arguments';
import { isPlace } from './report-arguments';
import type { EventData, Setting } from './setting-values';

/** A question: what did the book believe of a setting, at the instant of a fact and before it knew that fact? */
export interface Asked {
  readonly sequence: number;
  readonly occurredAt: Instant;
  readonly setting: Setting;
  readonly id: string;
}

/** What was told last about a setting. */
export interface ToldBefore {
  readonly sequence: number;
  readonly occurredAt: Instant;
  readonly deviceSequence: number | null;
  readonly type: string;
  readonly data: EventData;
}

/** Whether something is the newer of two: later, and of what is simultaneous what a device did not number, or numbered higher. */
export function isNewer(a: Omit<ToldBefore, 'data' | 'type'>, b: Omit<ToldBefore, 'data' | 'type'>): boolean {
  if (a.occurredAt !== b.occurredAt) return a.occurredAt > b.occurredAt;
  if (a.deviceSequence === b.deviceSequence) return a.sequence > b.sequence;
  if (a.deviceSequence == null || b.deviceSequence == null) return a.deviceSequence == null;
  return a.deviceSequence > b.deviceSequence;
}

interface AnswerRow extends ToldBefore {
  nth: number;
}

/** The newest fact of each type, not corrected then; and what such facts were replaced by. */
const TOLD_BEFORE = `
  SELECT asked.nth, told.* FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::bigint[])
    WITH ORDINALITY AS asked (id, types, at, sequence, nth)
  CROSS JOIN LATERAL unnest(string_to_array(asked.types, ' ')) AS kind (type)
  CROSS JOIN LATERAL (
    (SELECT fact.sequence, fact.occurred_at AS "occurredAt", fact.type, entry.content::jsonb -> 'data' AS data,
       fact.device_sequence AS "deviceSequence"
     FROM ledger.fact JOIN ledger.entry USING (sequence)
     WHERE fact.{of} = asked.id AND fact.type = kind.type AND fact.occurred_at <= asked.at
       AND fact.sequence < asked.sequence AND fact.problem IS NULL
       AND (fact.corrected_by IS NULL OR fact.corrected_by >= asked.sequence)
     ORDER BY fact.occurred_at DESC, fact.device_sequence DESC NULLS FIRST, fact.sequence DESC LIMIT 1)
    UNION ALL
    (SELECT wrong.sequence, (correction.data ->> 'occurredAt')::timestamptz, wrong.type,
       entry.content::jsonb -> 'data' -> 'replacement', wrong.device_sequence
     FROM ledger.fact AS correction JOIN ledger.entry ON entry.sequence = correction.sequence
     JOIN ledger.fact AS wrong ON wrong.event_id = correction.corrects AND wrong.corrected_by = correction.sequence
     WHERE correction.{of} = asked.id AND correction.type = 'FactReplaced' AND correction.problem IS NULL
       AND correction.sequence < asked.sequence AND wrong.type = kind.type
       AND (correction.data ->> 'occurredAt')::timestamptz <= asked.at
     ORDER BY 2 DESC, 5 DESC NULLS FIRST, 1 DESC LIMIT 1)
  ) AS told
  ORDER BY asked.nth, told."occurredAt" DESC, told."deviceSequence" DESC NULLS FIRST, told.sequence DESC`;

/** What was believed before a fact was known. */
export class ValuesBefore {
  constructor(private readonly database: Database) {}

  /**
   * One answer for each question, in order: undefined where nothing had been told, or nothing that those who have a place may
   * know of a charger that was elsewhere then.
   */
  async of(
    asked: readonly Asked[],
    report: Pick<ReportArguments, 'scope' | 'asOfSequence'>,
  ): Promise<(ToldBefore | undefined)[]> {
    const answers: (ToldBefore | undefined)[] = asked.map(() => undefined);
    for (const kind of ['charger', 'backplate', 'circuit', 'site'] as const) {
      const some = asked.flatMap((one, index) => (one.setting.of === kind ? [{ ...one, index }] : []));
      if (some.length === 0) continue;
      const rows = await this.database.query<AnswerRow>(TOLD_BEFORE.replaceAll('{of}', kind), [
        some.map(({ id }) => id),
        some.map(({ setting }) => Object.keys(setting.told).join(' ')),
        some.map(({ occurredAt }) => occurredAt),
        some.map(({ sequence }) => sequence),
      ]);
      for (const { nth, ...told } of rows) {
        const { index } = some[nth - 1] ?? { index: -1 };
        answers[index] ??= told;
      }
      if (kind === 'charger') await this.hideElsewhere(some, answers, report);
    }
    return answers;
  }

  private async hideElsewhere(
    asked: readonly (Asked & { index: number })[],
    answers: (ToldBefore | undefined)[],
    { scope, asOfSequence }: Pick<ReportArguments, 'scope' | 'asOfSequence'>,
  ): Promise<void> {
    if (!isPlace(scope)) return;
    const axis = scope.kind.toUpperCase() as 'BACKPLATE' | 'CIRCUIT' | 'SITE';
    const answered = asked.filter(({ index }) => answers[index] != null);
    const there = await this.database.query<{ nth: number }>(
      `SELECT DISTINCT told.nth FROM unnest($3::text[], $4::timestamptz[]) WITH ORDINALITY AS told (charger, at, nth)
       JOIN (${visitsTo(axis, '$1', '$2')}) AS visit ON visit.charger = told.charger AND ${within('told.at', 'visit')}`,
      [
        scope.id,
        asOfSequence,
        answered.map(({ id }) => id),
        answered.map(({ index }) => answers[index]?.occurredAt),
      ],
    );
    const known = new Set(there.map(({ nth }) => nth));
    answered.forEach(({ index }, at) => {
      if (!known.has(at + 1)) answers[index] = undefined;
    });
  }
}
