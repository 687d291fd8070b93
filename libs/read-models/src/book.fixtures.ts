import { setTimeout as pause } from 'node:timers/promises';
import type { Fact } from '@chargebook/domain';
import { startTemporaryPostgres } from '@chargebook/embedded-postgres';
import type {
  Appended,
  Batch,
  BookEntry,
  EventStore,
  FollowOptions,
  Position,
  WrittenEvent,
} from '@chargebook/event-store';
import { UnreadableFactError } from '@chargebook/event-store';
import { BookQueries } from './book/book.queries';
import { Database } from './database/database';
import { migrate, migrationsFolder } from './database/migrate';
import type { Untold } from './facts.fixtures';
import { Progress } from './projector/progress';
import type { Projection } from './projector/projection';
import { PROJECTIONS } from './projector/projections';
import { Projector } from './projector/projector';

/** A store whose batches a test decides: for what the read side makes of them, not for how a store behaves. */
export class StoreInMemory implements EventStore {
  readonly batches: Batch[] = [];
  private readonly waiting = new Set<() => void>();
  private readonly revisions = new Map<string, number>();

  /** @param position before the first event */
  constructor(private position = 0n) {}

  /** Adds one batch of facts. */
  tell(facts: readonly Untold[]): Position {
    return this.add(
      facts.map((fact) => {
        const revision = (this.revisions.get(fact.stream) ?? -1) + 1;
        this.revisions.set(fact.stream, revision);
        return { fact: { ...fact, revision, bookOrder: 0 } as Fact };
      }),
    );
  }

  /** Adds one batch of whatever a store may hand out. */
  add(contents: readonly BookEntry['content'][]): Position {
    const entries = contents.map((content) => ({
      position: (this.position += 100n),
      written: writtenAs(content),
      content,
    }));
    this.batches.push({ entries, position: this.position });
    for (const wake of this.waiting) wake();
    return this.position;
  }

  async *follow({ after = 0n, signal }: FollowOptions): AsyncGenerator<Batch, void, undefined> {
    for (let index = 0; !signal.aborted; index += 1) {
      while (index >= this.batches.length && !signal.aborted) await this.news(signal);
      const batch = this.batches[index];
      if (batch == null || signal.aborted) return;
      const entries = batch.entries.filter(({ position }) => position > after);
      if (batch.position > after) yield { ...batch, entries };
    }
  }

  head(): Promise<Position | undefined> {
    return Promise.resolve(this.batches.at(-1)?.position);
  }

  append(): Promise<Appended> {
    throw new Error('this store is told, not appended to');
  }

  async read(stream: string, fromRevision = 0): Promise<Fact[]> {
    const entries = this.batches.flatMap((batch) => batch.entries);
    const wanted = entries.filter(
      ({ written }) => written.stream === stream && written.revision >= fromRevision,
    );
    const facts = wanted.map(({ position, content }) => {
      if ('unreadable' in content) throw new UnreadableFactError(content.unreadable);
      return { ...content.fact, bookOrder: Number(position) };
    });
    return facts;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private news(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }
}

/** How a store would hold what a test tells. */
export function writtenAs(content: BookEntry['content']): WrittenEvent {
  if ('unreadable' in content) {
    const { eventId, stream, revision, type } = content.unreadable;
    return { id: eventId, stream, revision, type, data: {}, metadata: {} };
  }
  const { eventId, stream, revision, type, data, metadata } = content.fact;
  return { id: eventId, stream, revision, type, data, metadata };
}

export interface TestDatabase {
  readonly database: Database;
  /** Another pool on the same data. */
  connect(): Database;
  remove(): Promise<void>;
}

/** A PostgreSQL of a spec's own, with our tables. */
export async function startDatabase(): Promise<TestDatabase> {
  const postgres = await startTemporaryPostgres();
  const pools: Database[] = [];
  const connect = () => {
    const pool = new Database(postgres.connection);
    pools.push(pool);
    return pool;
  };
  const database = connect();
  await migrate(database, migrationsFolder());
  return {
    database,
    connect,
    remove: async () => {
      await Promise.all(pools.map((pool) => pool.close()));
      await postgres.remove();
    },
  };
}

/** A projector at work. */
export interface RunningProjector {
  /** What it told of faults. */
  readonly faults: readonly unknown[];
  /** What it set aside: `projection thing sequence`. */
  readonly quarantined: readonly string[];
  stop(): Promise<void>;
}

export function startProjector(
  database: Database,
  store: EventStore,
  projections: readonly Projection[] = PROJECTIONS,
): RunningProjector {
  const stopping = new AbortController();
  const [faults, quarantined]: [unknown[], string[]] = [[], []];
  const projector = new Projector(database, store, projections, {
    onFault: (fault) => faults.push(fault),
    onQuarantine: (projection, thing, sequence) =>
      quarantined.push(`${projection} ${thing} ${String(sequence)}`),
  });
  const running = projector.run(stopping.signal);
  return {
    faults,
    quarantined,
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

/**
 * Waits until no new tables are being filled, and those of a projection were switched to.
 *
 * @param after id of a rebuild that does not count any more
 */
export async function untilRebuilt(database: Database, projection: string, after = 0): Promise<void> {
  const patience = AbortSignal.timeout(REBUILT_MS);
  for (;;) {
    const rebuilds = await database.query<{ id: number; projection: string; switched_at: string | null }>(
      'SELECT id, projection, switched_at FROM book.rebuild WHERE id > $1',
      [after],
    );
    const isDone = rebuilds.some((one) => one.projection === projection && one.switched_at != null);
    if (isDone && rebuilds.every((one) => one.switched_at != null)) return;
    if (patience.aborted) throw new Error(`${projection} was not rebuilt: ${JSON.stringify(rebuilds)}`);
    await pause(10);
  }
}

const REBUILT_MS = 40_000;

/** Read models that are kept up to date with what a test tells. */
export interface TestBook {
  readonly database: Database;
  readonly progress: Progress;
  readonly store: StoreInMemory;
  readonly queries: BookQueries;
  readonly projector: RunningProjector;
  /** Tells facts in one batch and waits until they are taken in. Gives the sequence of the last. */
  tell(...facts: readonly Untold[]): Promise<number>;
  stop(): Promise<void>;
}

/** A torture may have hardly any of the processor. */
const TAKEN_IN_MS = process.env.TORTURE_SCALE == null ? 20_000 : 600_000;

export async function startBook(): Promise<TestBook> {
  const { database, remove } = await startDatabase();
  const store = new StoreInMemory();
  const progress = new Progress(database);
  progress.start();
  const projector = startProjector(database, store);
  return {
    database,
    progress,
    store,
    queries: new BookQueries(database, progress, store),
    projector,
    tell: async (...facts) => {
      const position = store.tell(facts);
      try {
        return (await progress.reached(position, TAKEN_IN_MS)).sequence;
      } catch (error) {
        throw new AggregateError([error, ...projector.faults], 'the facts were not taken in');
      }
    },
    stop: async () => {
      await projector.stop();
      await progress.stop();
      await remove();
    },
  };
}
