import type { Actor, Channel, Fact, FactMetadata, Instant } from '@chargebook/domain';
import type { BookEntry } from '@chargebook/event-store';
import type { Queryable, Transaction } from '../database/database';
import { isUnfit } from '../database/faults';
import type { Pace } from '../projector/quarantine';
import { toldInstant, writeEntries } from './entries';
import type { FactScope } from './things-named';
import { scopeOf } from './things-named';

export type { FactScope } from './things-named';

/** A fact of the ledger: its `bookOrder` is its sequence, its `recordedAt` is raised. */
export type LedgerFact = Fact & { readonly scope: FactScope };

/** Where the ledger ends. */
export interface LedgerHead {
  readonly sequence: number;
  readonly recordedAt?: Instant;
}

/** A row of `ledger.fact`. */
export interface FactRow {
  sequence: number;
  position: number;
  event_id: string;
  stream: string;
  revision: number;
  type: string;
  schema_version: number;
  occurred_at: Instant;
  recorded_at: Instant;
  actor_kind: string;
  actor_id: string;
  channel: string;
  command_id: string;
  input_hash: string;
  correlation_id: string;
  causation_id: string;
  reason: string | null;
  device_sequence: number | null;
  device_time: Instant | null;
  charger: string | null;
  backplate: string | null;
  circuit: string | null;
  site: string | null;
  operator: string | null;
  partner: string | null;
  data: Record<string, unknown>;
  corrects: string | null;
  corrected_by: number | null;
  problem: string | null;
}

/**
 * Takes entries of the store into the ledger, with their corrections.
 *
 * @returns the facts that can be read, in order
 */
export async function appendToLedger(
  transaction: Transaction,
  entries: readonly BookEntry[],
  before: LedgerHead,
  pace: Pace,
): Promise<{ facts: LedgerFact[]; head: LedgerHead }> {
  const { rows, head } = await writeDown(transaction, entries, before, pace);
  if (rows.some((row) => row.corrects != null)) await linkCorrections(transaction, before.sequence);
  return { facts: readable(rows), head };
}

/**
 * Gives entries of the store their sequence and their raised record time, and writes them down in the table `fact` that
 * the transaction's search path means, and as entries of the tree of hashes. What cannot be read, or not be held by the
 * database, has its place all the same, with the problem beside it.
 */
export async function writeDown(
  transaction: Transaction,
  entries: readonly BookEntry[],
  head: LedgerHead,
  pace: Pace,
): Promise<{ rows: readonly FactRow[]; head: LedgerHead }> {
  let { sequence, recordedAt } = head;
  const numbered: FactRow[] = [];
  for (const entry of entries) {
    sequence += 1;
    const row = rowOf(entry, sequence, recordedAt);
    recordedAt = row.recorded_at;
    numbered.push(row);
  }
  await writeEntries(
    transaction,
    entries,
    numbered.map((row) => ({ sequence: row.sequence, recordedAt: row.recorded_at })),
  );
  return { rows: await write(transaction, numbered, pace), head: { sequence, recordedAt } };
}

/** Notes at each fact by which one it is corrected, for corrections after a sequence. */
export async function linkCorrections(transaction: Transaction, after: number): Promise<void> {
  // The first correction of a fact stands.
  await transaction.query(
    `UPDATE fact AS wrong SET corrected_by = correction.sequence
     FROM (SELECT corrects, min(sequence) AS sequence FROM fact
           WHERE sequence > $1 AND corrects IS NOT NULL GROUP BY corrects) AS correction
     WHERE correction.corrects = wrong.event_id AND wrong.corrected_by IS NULL`,
    [after],
  );
}

/** Writes rows down; looks for those that the database cannot hold by halving. */
async function write(
  transaction: Transaction,
  rows: readonly FactRow[],
  pace: Pace,
): Promise<readonly FactRow[]> {
  if (rows.length === 0) return rows;
  if (pace === 'quick') {
    await insert(transaction, rows);
    return rows;
  }
  try {
    await transaction.attempt(() => insert(transaction, rows));
    return rows;
  } catch (error) {
    if (!isUnfit(error)) throw error;
    const [only] = rows;
    if (only != null && rows.length === 1) {
      const without = {
        ...only,
        ...NOTHING_TOLD,
        problem: `the database cannot hold it: ${(error as Error).message}`,
      };
      await insert(transaction, [without]);
      return [without];
    }
    const middle = rows.length >> 1;
    const first = await write(transaction, rows.slice(0, middle), pace);
    return [...first, ...(await write(transaction, rows.slice(middle), pace))];
  }
}

async function insert(transaction: Transaction, rows: readonly FactRow[]): Promise<void> {
  await transaction.query('INSERT INTO fact SELECT * FROM json_populate_recordset(null::fact, $1::json)', [
    JSON.stringify(rows),
  ]);
}

/** Times of recording never run backwards. */
function raised(told: Instant, before: Instant | undefined): Instant {
  return before != null && before > told ? before : told;
}

/** The row of an entry, as it is written down where the database can hold it. */
export function rowOf(
  { position, written, content }: BookEntry,
  sequence: number,
  before: Instant | undefined,
): FactRow {
  if ('unreadable' in content) {
    const { eventId, stream, revision, type, problem } = content.unreadable;
    const at = raised(toldInstant(written, 'recordedAt') ?? '1970-01-01T00:00:00.000Z', before);
    return {
      ...NOTHING_TOLD,
      sequence,
      position: Number(position),
      corrected_by: null,
      event_id: eventId,
      stream,
      revision,
      type,
      problem,
      occurred_at: toldInstant(written, 'occurredAt') ?? at,
      recorded_at: at,
    };
  }
  const { fact } = content;
  const { metadata } = fact;
  const data = fact.data as Record<string, unknown>;
  const scope = scopeOf(fact);
  // Spelled out: an object that is put together of others is several times as slow.
  return {
    sequence,
    position: Number(position),
    event_id: fact.eventId,
    stream: fact.stream,
    revision: fact.revision,
    type: fact.type,
    schema_version: fact.schemaVersion,
    occurred_at: metadata.occurredAt,
    recorded_at: raised(metadata.recordedAt, before),
    actor_kind: metadata.actor.kind,
    actor_id: metadata.actor.id,
    channel: metadata.channel,
    command_id: metadata.commandId,
    input_hash: metadata.inputHash,
    correlation_id: metadata.correlationId,
    causation_id: metadata.causationId,
    reason: metadata.reason ?? null,
    device_sequence: metadata.deviceSequence ?? null,
    device_time: metadata.deviceTime ?? null,
    charger: scope.charger ?? null,
    backplate: scope.backplate ?? null,
    circuit: scope.circuit ?? null,
    site: scope.site ?? null,
    operator: scope.operator ?? null,
    partner: scope.partner ?? null,
    data,
    corrects: 'corrects' in fact.data ? fact.data.corrects : null,
    corrected_by: null,
    problem: null,
  };
}

const NOTHING_TOLD = {
  schema_version: 0,
  actor_kind: 'SYSTEM',
  actor_id: 'unknown',
  channel: 'SYSTEM',
  command_id: '',
  input_hash: '',
  correlation_id: '',
  causation_id: '',
  reason: null,
  device_sequence: null,
  device_time: null,
  charger: null,
  backplate: null,
  circuit: null,
  site: null,
  operator: null,
  partner: null,
  data: {},
  corrects: null,
};

export function factOfRow(row: FactRow): LedgerFact {
  const metadata: FactMetadata = {
    occurredAt: row.occurred_at,
    recordedAt: row.recorded_at,
    actor: { kind: row.actor_kind as Actor['kind'], id: row.actor_id },
    channel: row.channel as Channel,
    commandId: row.command_id,
    inputHash: row.input_hash,
    correlationId: row.correlation_id,
    causationId: row.causation_id,
    reason: row.reason ?? undefined,
    deviceSequence: row.device_sequence ?? undefined,
    deviceTime: row.device_time ?? undefined,
  };
  return {
    eventId: row.event_id,
    type: row.type,
    schemaVersion: row.schema_version,
    data: row.data,
    metadata,
    stream: row.stream,
    revision: row.revision,
    bookOrder: row.sequence,
    scope: {
      charger: row.charger ?? undefined,
      backplate: row.backplate ?? undefined,
      circuit: row.circuit ?? undefined,
      site: row.site ?? undefined,
      operator: row.operator ?? undefined,
      partner: row.partner ?? undefined,
    },
  } as unknown as LedgerFact;
}

/** Corrections of any fact, beside whichever types are asked for. */
const CORRECTIONS = ['FactRetracted', 'FactReplaced'];

/**
 * Facts of some types about some things, in book order, by thing; corrections of those things are always among them.
 *
 * @param before only facts before this sequence
 */
export async function factsAbout(
  database: Queryable,
  about: { scope: keyof FactScope; ids: readonly string[]; types: readonly string[] },
  before: number,
): Promise<Map<string, LedgerFact[]>> {
  const { scope, ids, types } = about;
  // A probe of the index for each thing and type: the planner cannot know how long the history of a thing is.
  const rows = await database.query<FactRow>(
    `SELECT fact.* FROM unnest($1::text[]) AS thing (id) CROSS JOIN unnest($2::text[]) AS kind (type)
     CROSS JOIN LATERAL (SELECT * FROM ledger.fact WHERE fact.${scope} = thing.id AND fact.type = kind.type
       AND fact.sequence < $3 AND fact.problem IS NULL OFFSET 0) AS fact ORDER BY fact.sequence`,
    [[...new Set(ids)], [...new Set([...types, ...CORRECTIONS])], before],
  );
  const byThing = new Map<string, LedgerFact[]>(ids.map((id) => [id, []]));
  for (const row of rows) byThing.get(row[scope] ?? '')?.push(factOfRow(row));
  return byThing;
}

/** The next facts after a sequence that can be read, in order, and the last sequence that was looked at. */
export async function factsAfter(
  database: Queryable,
  sequence: number,
  most: number,
): Promise<{ facts: LedgerFact[]; last: number | undefined }> {
  const rows = await database.query<FactRow>(
    'SELECT * FROM ledger.fact WHERE sequence > $1 ORDER BY sequence LIMIT $2',
    [sequence, most],
  );
  return { facts: readable(rows), last: rows.at(-1)?.sequence };
}

function readable(rows: readonly FactRow[]): LedgerFact[] {
  return rows.filter((row) => row.problem == null).map(factOfRow);
}
