// The sessions of chargers as somebody who uses Emmett would project them, of the same events as the program's own projections: one
// projection, where ours makes all of its own. Emmett's projector takes a batch of events in a transaction; in it, it hands them over
// one by one, and notes how far it has come behind each.
import type { Emmett, EmmettProjection } from './emmett';
import type { fleetFacts } from './fleet';

type Told = ReturnType<typeof fleetFacts> extends Iterable<infer One> ? One : never;

const MOST_IN_APPEND = 6;

/**
 * Appends facts, a few of each stream at once, one append after the other: what reads all events asks for those behind the
 * position of the last, in the order of transactions, and could miss some that were appended side by side.
 */
export async function appendToEmmett(emmett: Emmett, facts: Iterable<Told>): Promise<void> {
  const waiting = new Map<string, Told[]>();
  const append = async (stream: string) => {
    const events = (waiting.get(stream) ?? []).map(({ type, data, metadata }) => ({ type, data, metadata }));
    waiting.delete(stream);
    await emmett.append(stream, events);
  };
  for (const fact of facts) {
    const before = waiting.get(fact.stream);
    if (before == null) waiting.set(fact.stream, [fact]);
    else before.push(fact);
    if (before?.length === MOST_IN_APPEND) await append(fact.stream);
  }
  for (const stream of [...waiting.keys()]) await append(stream);
}

interface SessionEvent {
  readonly type: 'SessionStarted' | 'EnergyReadingRecorded' | 'SessionEnded';
  readonly data: { readonly charger: string; readonly session: string; readonly energyWattHours?: number };
  readonly metadata: { readonly occurredAt: string };
}

/** A session as far as it is known. Times are instants in ISO 8601. */
interface SessionDocument {
  readonly charger: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly energyWattHours?: number;
}

/** What Emmett hands to a projection. */
interface Context {
  readonly execute: { command(sql: object): Promise<unknown> };
}

const HANDLED = ['SessionStarted', 'EnergyReadingRecorded', 'SessionEnded'];

/** A projection of Emmett's, and how many sessions with start, end and energy it has made. */
export interface MadeByEmmett {
  readonly name: string;
  readonly projection: EmmettProjection;
  countWhole(): Promise<number>;
}

/** As its guide has it: a Pongo document for each session, read, evolved by one event and written. */
export function sessionDocuments(emmett: Emmett): MadeByEmmett {
  return {
    name: 'Pongo documents',
    projection: emmett.module.pongoMultiStreamProjection({
      collectionName: 'sessions',
      canHandle: HANDLED,
      getDocumentId: ({ data }: SessionEvent) => data.session,
      evolve: (document: SessionDocument | null, event: SessionEvent) => ({ ...document, ...known(event) }),
    }),
    countWhole: () =>
      count(emmett, `FROM sessions WHERE data ?& ARRAY['startedAt', 'endedAt', 'energyWattHours']`),
  };
}

/** For those who need it faster: a row for each session, and one statement for each event, nothing read. */
export function sessionRows(emmett: Emmett): MadeByEmmett {
  return {
    name: 'rows',
    projection: {
      ...emmett.module.postgreSQLRawSQLProjection({
        name: 'session_rows',
        canHandle: HANDLED,
        init: () => emmett.sql(CREATE_ROWS),
        evolve: (event: SessionEvent) => {
          const { charger, startedAt, endedAt, energyWattHours } = known(event);
          return emmett.sql(UPSERT, event.data.session, charger, startedAt, endedAt, energyWattHours);
        },
      }),
      truncate: ({ execute }: Context) => execute.command(emmett.sql('TRUNCATE session_rows')),
    },
    countWhole: () =>
      count(
        emmett,
        'FROM session_rows WHERE started_at IS NOT NULL AND ended_at IS NOT NULL AND energy_watt_hours IS NOT NULL',
      ),
  };
}

const CREATE_ROWS = `CREATE TABLE IF NOT EXISTS session_rows (
  session text PRIMARY KEY, charger text NOT NULL, started_at timestamptz, ended_at timestamptz, energy_watt_hours float8)`;

const UPSERT = `INSERT INTO session_rows AS known (session, charger, started_at, ended_at, energy_watt_hours)
  VALUES (%L, %L, %L, %L, %L)
  ON CONFLICT (session) DO UPDATE SET
    started_at = coalesce(excluded.started_at, known.started_at),
    ended_at = coalesce(excluded.ended_at, known.ended_at),
    energy_watt_hours = coalesce(excluded.energy_watt_hours, known.energy_watt_hours)`;

function known({ type, data, metadata }: SessionEvent): SessionDocument {
  const { charger, energyWattHours } = data;
  if (type === 'SessionStarted') return { charger, startedAt: metadata.occurredAt };
  const measured = energyWattHours == null ? { charger } : { charger, energyWattHours };
  return type === 'SessionEnded' ? { ...measured, endedAt: metadata.occurredAt } : measured;
}

async function count(emmett: Emmett, from: string): Promise<number> {
  const [row] = await emmett.query(`SELECT count(*) AS count ${from}`);
  return Number(row?.['count']);
}
