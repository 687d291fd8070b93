import type { Instant, UseCount } from '@chargebook/domain';
import type { Database } from '@chargebook/read-models';
import type { JsonValue } from '@chargebook/transparency';
import type { Extent } from './extent.queries';
import type { ReportArguments } from './report-arguments';
import type { ReportLine } from './report-line';
import { inGroups, lineOf } from './report-line';

const PARTNERS_AT_ONCE = 50;
const FACTS_AT_ONCE = 500;

const ACTS: Readonly<Record<string, string>> = {
  PartnerRegistered: 'REGISTERED',
  PartnerAccessGranted: 'GRANTED',
  PartnerGrantEnded: 'GRANT_ENDED',
  PartnerWarned: 'WARNED',
  PartnerWarningLifted: 'WARNING_LIFTED',
  PartnerAccessRevoked: 'REVOKED',
  PartnerAccessReinstated: 'REINSTATED',
};

const FACTS = `
  SELECT fact.sequence, fact.event_id, fact.type, fact.partner, fact.recorded_at, fact.actor_kind, fact.actor_id,
    entry.content::jsonb -> 'data' AS data
  FROM ledger.fact JOIN ledger.entry USING (sequence)
  WHERE fact.partner = ANY($1) AND fact.type = ANY($3) AND fact.sequence <= $2 AND fact.sequence > $4
    AND fact.problem IS NULL AND fact.recorded_at < $5
  ORDER BY fact.sequence LIMIT ${String(FACTS_AT_ONCE)}`;

interface AccessRow {
  sequence: number;
  event_id: string;
  type: string;
  partner: string;
  recorded_at: Instant;
  actor_kind: string;
  actor_id: string;
  data: Readonly<Record<string, JsonValue>>;
}

/** Review of access: what partners were given until the end of the span, and what they did in it. */
export class AccessLines {
  constructor(private readonly database: Database) {}

  async *of(report: ReportArguments, { partners }: Extent): AsyncGenerator<ReportLine[], void, undefined> {
    for (const ids of inGroups(partners, PARTNERS_AT_ONCE)) {
      for await (const rows of this.facts(ids, Object.keys(ACTS), report)) yield rows.map(actLine);
      for await (const rows of this.facts(ids, ['PartnerUseCounted'], report))
        yield rows.flatMap((row) => useLines(row, report));
    }
  }

  private async *facts(
    partners: readonly string[],
    types: readonly string[],
    { asOfSequence, to }: ReportArguments,
  ) {
    for (let reached = 0; ;) {
      // A day's counts may be written when the day is over.
      const until = types.length === 1 ? '9999-12-31T00:00:00.000Z' : to;
      const values = [partners, asOfSequence, types, reached, until];
      const rows = await this.database.query<AccessRow>(FACTS, values);
      const last = rows.at(-1);
      if (last == null) return;
      reached = last.sequence;
      yield rows;
    }
  }
}

function actLine({ data, ...row }: AccessRow): ReportLine {
  const by = { id: row.actor_id, kind: row.actor_kind };
  const place = { sequence: row.sequence, eventId: row.event_id, recordedAt: row.recorded_at };
  const { partner: _, ...told } = data;
  return lineOf('access', { act: ACTS[row.type], partner: row.partner, by, ...place, told });
}

/** Days that have to do with the span. */
function useLines({ data, partner, sequence }: AccessRow, { from, to }: ReportArguments): ReportLine[] {
  const day = typeof data['day'] === 'string' ? data['day'] : '';
  if (`${day}T23:59:59.999Z` < from || `${day}T00:00:00.000Z` >= to) return [];
  const counts = Array.isArray(data['counts']) ? (data['counts'] as readonly UseCount[]) : [];
  return counts.map(({ asset, reads, commands, refusals }) =>
    lineOf('access', { act: 'USED', partner, day, asset, reads, commands, refusals, sequence }),
  );
}
