import { createHash } from 'node:crypto';
import type { PoolClient, PoolConfig, QueryResultRow } from 'pg';
import pg from 'pg';
import { isOutOfReach, isOutOfTime } from './faults';

/** Runs SQL: the pool, or one transaction. */
export interface Queryable {
  /** Rows of a statement, which is prepared once for each connection unless told. Instants come as ISO texts, bigints as numbers. */
  query<Row extends QueryResultRow>(
    text: string,
    values?: readonly unknown[],
    planned?: Planned,
  ): Promise<Row[]>;
}

/**
 * ONCE is for what is asked again and again alike. Lists with filters that may be absent, or with long lists of ids, are
 * planned for their values each time: a plan for any values goes through everything.
 */
export type Planned = 'ONCE' | 'EACH_TIME';

export interface TransactionOptions {
  /** Settings of the session that hold for this transaction, such as `search_path`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** How long each statement may take; 30 s unless told. */
  readonly answerTimeoutMs?: number;
}

export interface Transaction extends Queryable {
  /** Runs a job of which nothing stays when it throws, while the transaction goes on. */
  attempt(job: () => Promise<void>): Promise<void>;
}

/** An operation has taken as long as one may: nothing more is looked up for it. */
export class OutOfTimeError extends Error {
  constructor(options?: { cause: unknown }) {
    super('This takes too long: ask for less, or for a shorter time.', options);
    this.name = 'OutOfTimeError';
  }
}

/** The database of the read models is out of reach; asking again later may succeed. */
export class DatabaseUnavailableError extends Error {
  constructor(options: { cause: unknown }) {
    super('the database of the read models is out of reach', options);
    this.name = 'DatabaseUnavailableError';
  }
}

const { builtins } = pg.types;
const ANSWER_TIMEOUT_MS = 30_000;
/** The database gives up a statement some time before we stop waiting, so that nothing goes on there that nobody waits for. */
const GIVEN_UP_EARLIER_MS = 2_000;

/** A PostgreSQL database with a pool of connections. */
export class Database implements Queryable {
  private readonly pool: pg.Pool;

  constructor(config: PoolConfig, onFault: (error: Error) => void = () => undefined) {
    this.pool = new pg.Pool({
      max: 12,
      statement_timeout: ANSWER_TIMEOUT_MS - GIVEN_UP_EARLIER_MS,
      ...config,
      connectionTimeoutMillis: 10_000,
      query_timeout: ANSWER_TIMEOUT_MS,
      options: '-c TimeZone=UTC -c DateStyle=ISO',
      types: { getTypeParser },
    });
    // A connection that breaks while idle is replaced; the job at hand is told by its own query.
    this.pool.on('error', (fault: Error & { client?: unknown }) => {
      // The whole client hangs on it, which is nothing for a log.
      delete fault.client;
      onFault(fault);
    });
  }

  /** The same, until an instant: what is asked for later is not asked any more. */
  until(deadlineMs: number): Database {
    const bounded = Object.create(this) as Database;
    bounded.query = (text, values, planned) => {
      if (Date.now() > deadlineMs) return Promise.reject(new OutOfTimeError());
      return this.query(text, values, planned);
    };
    return bounded;
  }

  async query<Row extends QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
    planned: Planned = 'ONCE',
  ): Promise<Row[]> {
    const statement = planned === 'ONCE' ? prepared(text, values) : { text, values: values.map(findable) };
    return withoutReach(async () => (await this.pool.query<Row>(statement)).rows);
  }

  /** Runs a job in one transaction: all of it is written, or nothing. */
  async transaction<Result>(
    job: (transaction: Transaction) => Promise<Result>,
    { settings, answerTimeoutMs }: TransactionOptions = {},
  ): Promise<Result> {
    return withoutReach(async () => {
      const client = await this.pool.connect();
      let broken: Error | undefined;
      const onBreak = (fault: Error) => (broken = fault);
      // A connection may break between two statements; a fault that nobody listens to would end the process.
      client.on('error', onBreak);
      try {
        await client.query(beginning({ ...settings, ...patienceSettings(answerTimeoutMs) }));
        const result = await job(transactionOn(client, answerTimeoutMs));
        await client.query('COMMIT');
        return result;
      } catch (error) {
        await client.query('ROLLBACK').catch(onBreak);
        throw error;
      } finally {
        client.off('error', onBreak);
        client.release(broken);
      }
    });
  }

  /** Listens to a channel on a connection of its own, reconnecting by itself. */
  listen(channel: string, onNotice: (payload: string) => void, signal: AbortSignal): Promise<void> {
    return keepListening(this.pool.options, channel, onNotice, signal);
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}

function patienceSettings(answerTimeoutMs: number | undefined): Readonly<Record<string, string>> {
  if (answerTimeoutMs == null) return {};
  return { statement_timeout: String(Math.max(1, answerTimeoutMs - GIVEN_UP_EARLIER_MS)) };
}

/** Begins a transaction with its settings in one go. */
function beginning(settings: TransactionOptions['settings'] = {}): string {
  const { escapeLiteral } = pg;
  const set = Object.entries(settings).map(
    ([name, value]) => `set_config(${escapeLiteral(name)}, ${escapeLiteral(value)}, true)`,
  );
  return set.length === 0 ? 'BEGIN' : `BEGIN; SELECT ${set.join(', ')}`;
}

function transactionOn(client: PoolClient, answerTimeoutMs?: number): Transaction {
  const patience = answerTimeoutMs == null ? {} : { query_timeout: answerTimeoutMs };
  const query = async <Row extends QueryResultRow>(text: string, values: readonly unknown[] = []) =>
    (await client.query<Row>({ ...prepared(text, values), ...patience })).rows;
  return {
    query,
    attempt: async (job) => {
      await client.query('SAVEPOINT attempt');
      try {
        await job();
        await client.query('RELEASE SAVEPOINT attempt');
      } catch (error) {
        // Where the way to the database is gone, it is that which has to be told.
        if (!isOutOfReach(error)) await client.query('ROLLBACK TO SAVEPOINT attempt');
        throw error;
      }
    },
  };
}

const names = new Map<string, string>();

function prepared(text: string, values: readonly unknown[]) {
  let name = names.get(text);
  if (name == null) {
    name = createHash('sha256').update(text).digest('base64url').slice(0, 24);
    names.set(text, name);
  }
  return { name, text, values: values.map(findable) };
}

/** No text that is stored holds a NUL; one that is looked for may, and is not found. */
function findable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(findable);
  return typeof value === 'string' ? value.replaceAll('\0', '\ufffd') : value;
}

async function keepListening(
  config: PoolConfig,
  channel: string,
  onNotice: (payload: string) => void,
  signal: AbortSignal,
): Promise<void> {
  for (let backOffMs = 50; !signal.aborted; backOffMs = Math.min(backOffMs * 2, 2_000)) {
    const client = new pg.Client(config);
    // For good: a fault that nobody listens to would end the process.
    client.on('error', () => undefined);
    try {
      await client.connect();
      client.on('notification', ({ payload }) => {
        onNotice(payload ?? '');
      });
      const ended = new Promise<unknown>((resolve) => {
        client.once('error', resolve);
        client.once('end', resolve);
        signal.addEventListener('abort', resolve);
        // The signal may have come while the connection was made.
        if (signal.aborted) resolve(undefined);
      });
      await client.query(`LISTEN ${channel}`);
      backOffMs = 50;
      // What was said while nobody listened is found by looking.
      onNotice('');
      await ended;
    } catch {
      // The next round tries again.
    }
    await client.end().catch(() => undefined);
    if (!signal.aborted) await pause(backOffMs, signal);
  }
}

function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, durationMs);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

async function withoutReach<Result>(job: () => Promise<Result>): Promise<Result> {
  try {
    return await job();
  } catch (error) {
    if (isOutOfReach(error)) throw new DatabaseUnavailableError({ cause: error });
    throw isOutOfTime(error) ? new OutOfTimeError({ cause: error }) : error;
  }
}

function getTypeParser(oid: number, format?: string): (text: string) => unknown {
  if (format !== 'binary') {
    if (oid === (builtins.TIMESTAMPTZ as number)) return instantFromText;
    if (oid === (builtins.INT8 as number) || oid === (builtins.NUMERIC as number)) return Number;
  }
  return pg.types.getTypeParser(oid, format as 'text') as (text: string) => unknown;
}

/** `2026-05-04 10:00:00.5+00` is `2026-05-04T10:00:00.500Z`: the session's time zone is UTC. */
function instantFromText(text: string): string {
  const fraction = text.length > 22 ? text.slice(20, -3).padEnd(3, '0').slice(0, 3) : '000';
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction}Z`;
}
