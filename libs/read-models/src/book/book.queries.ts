import type { Instant, RelocationReference } from '@chargebook/domain';
import type { EventStore, Position } from '@chargebook/event-store';
import type { Database } from '../database/database';
import type { Progress } from '../projector/progress';
import { openRelocations } from '../placements/relocations.projection';
import { ProjectionBehindError } from '../projector/progress';
import { UnreadFacts } from './unread-facts';

export interface ProjectionStatus {
  readonly name: string;
  /** As of which it answers: before a plan of several moves that is half done. */
  readonly sequence: number;
  /** A decimal number; with a plus where there may be more. */
  readonly lagFacts: string;
  /** How long ago it was up to date; 0 while it is. */
  readonly lagSeconds: number;
  /** Things that are out of step, with the reason. */
  readonly quarantined: readonly string[];
}

/** An idempotency key: one per actor. */
export interface CommandKey {
  readonly actorKind: string;
  readonly actorId: string;
  readonly commandId: string;
}

/** What a key was used for. */
export interface CommandUse {
  readonly inputHash: string;
  readonly stream: string;
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
const SEARCHING_MS = 5_000;

/** What the book as a whole knows about itself. */
export class BookQueries {
  private readonly unread: UnreadFacts;

  constructor(
    private readonly database: Database,
    private readonly progress: Progress,
    private readonly store: Pick<EventStore, 'head' | 'follow'>,
  ) {
    this.unread = new UnreadFacts(store);
  }

  /** The sequence up to which every projection answers. */
  async head(): Promise<number> {
    return (await this.progress.mark()).sequence;
  }

  /** Waits for a position; see `Progress.reached`. */
  async headAfter(position: Position, timeoutMs: number): Promise<number> {
    return (await this.progress.reached(position, timeoutMs)).sequence;
  }

  /** Waits until the read models hold all that the store held when this was asked. */
  async catchUp(timeoutMs: number): Promise<void> {
    const head = await this.store.head();
    if (head != null) await this.progress.reached(head, timeoutMs);
  }

  /** The head once the read models hold what the store held when this was asked, or after that long. */
  async latest(timeoutMs: number): Promise<number> {
    try {
      await this.catchUp(timeoutMs);
    } catch (error) {
      if (!(error instanceof ProjectionBehindError)) throw error;
    }
    return this.head();
  }

  /** The last sequence that was recorded at or before an instant. */
  async cutAt(knownAt: Instant, head: number): Promise<number> {
    const rows = await this.database.query<{ sequence: number }>(
      `SELECT book.whole_cut(least(sequence, $2)) AS sequence FROM ledger.fact
       WHERE recorded_at <= $1 ORDER BY recorded_at DESC, sequence DESC LIMIT 1`,
      [knownAt, head],
    );
    return rows[0]?.sequence ?? 0;
  }

  /** The last sequence at or before one at which no plan of several moves is half done. */
  async wholeCut(sequence: number): Promise<number> {
    const rows = await this.database.query<{ sequence: number }>('SELECT book.whole_cut($1) AS sequence', [
      sequence,
    ]);
    return rows[0]?.sequence ?? 0;
  }

  /** Plans of several moves that are decided and, as far as is known here, not done. */
  openRelocations(): Promise<RelocationReference[]> {
    return openRelocations(this.database);
  }

  /** When a fact was recorded. */
  async recordedAt(sequence: number): Promise<Instant | undefined> {
    const rows = await this.database.query<{ recorded_at: Instant }>(
      'SELECT recorded_at FROM ledger.fact WHERE sequence = $1',
      [sequence],
    );
    return rows[0]?.recorded_at;
  }

  async projections(): Promise<ProjectionStatus[]> {
    const rows = await this.database.query<{
      name: string;
      sequence: number;
      position: number | null;
      ledger: number;
      idle_seconds: number;
      quarantined: string[];
    }>(
      `SELECT name, book.whole_cut(sequence) AS sequence, position, (SELECT sequence FROM book.projection WHERE name = 'ledger') AS ledger,
         extract(epoch FROM clock_timestamp() - updated_at)::float8 AS idle_seconds,
         ARRAY(SELECT thing || ' since ' || q.sequence || ': ' || problem FROM book.quarantine AS q
               WHERE q.projection = p.name ORDER BY thing) AS quarantined
       FROM book.projection AS p ORDER BY name`,
    );
    const ledger = rows.find(({ name }) => name === 'ledger');
    const unread = await this.unread.after({
      sequence: ledger?.ledger ?? 0,
      position: ledger?.position == null ? undefined : BigInt(ledger.position),
    });
    return rows.map(({ name, sequence, ledger, idle_seconds: idleSeconds, quarantined }) => {
      const lag = ledger - sequence + unread.count;
      return {
        name,
        sequence,
        lagFacts: `${String(lag)}${unread.isAll ? '' : '+'}`,
        lagSeconds: lag === 0 ? 0 : idleSeconds,
        quarantined,
      };
    });
  }

  /** Circuits of a site, and what hangs on a circuit, that are not retired, as of everything that is recorded by now. */
  async circuitsInUse(site: string): Promise<string[]> {
    await this.catchUp(5_000);
    const rows = await this.database.query<{ id: string }>(
      'SELECT id FROM registry.circuit WHERE site = $1 AND retired_at IS NULL ORDER BY id',
      [site],
    );
    return rows.map(({ id }) => id);
  }

  async contentsInUse(circuit: string): Promise<string[]> {
    await this.catchUp(5_000);
    const rows = await this.database.query<{ id: string }>(
      `SELECT id FROM registry.backplate WHERE circuit = $1 AND removed_at IS NULL
       UNION ALL SELECT id FROM registry.circuit WHERE parent = $1 AND retired_at IS NULL ORDER BY id`,
      [circuit],
    );
    return rows.map(({ id }) => id);
  }

  /** The commands that used some keys before, and the streams that were given their facts, in the order of the keys. */
  async findCommands(keys: readonly CommandKey[]): Promise<(CommandUse | undefined)[]> {
    const rows = await this.database.query<{ number: number; input_hash: string; stream: string }>(
      `SELECT key.number, fact.input_hash, fact.stream
       FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS key (command_id, actor_id, actor_kind, number)
       CROSS JOIN LATERAL (SELECT input_hash, stream FROM ledger.fact WHERE fact.command_id = key.command_id
         AND fact.actor_id = key.actor_id AND fact.actor_kind = key.actor_kind
         AND fact.causation_id = fact.command_id LIMIT 1) AS fact`,
      [keys.map((key) => key.commandId), keys.map((key) => key.actorId), keys.map((key) => key.actorKind)],
    );
    const found = new Map(rows.map((row) => [row.number, { inputHash: row.input_hash, stream: row.stream }]));
    return keys.map((_, index) => found.get(index + 1));
  }

  /** The stream that holds a fact, as of everything that is recorded by now, whether the read models know it yet or not. */
  async streamOfFact(eventId: string): Promise<string | undefined> {
    if (!UUID.test(eventId)) return undefined;
    const rows = await this.database.query<{ stream: string }>(
      'SELECT stream FROM ledger.fact WHERE event_id = $1',
      [eventId],
    );
    return rows[0]?.stream ?? this.streamInTail(eventId);
  }

  private async streamInTail(eventId: string): Promise<string | undefined> {
    const rows = await this.database.query<{ position: number | null }>(
      `SELECT position FROM book.projection WHERE name = 'ledger'`,
    );
    const read = rows[0]?.position;
    const after = read == null ? undefined : BigInt(read);
    const head = await this.store.head();
    if (head == null || (after != null && after >= head)) return undefined;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      stop.abort();
    }, SEARCHING_MS);
    try {
      for await (const { entries, position } of this.store.follow({ after, signal: stop.signal })) {
        for (const { content } of entries) {
          if ('fact' in content && content.fact.eventId === eventId) return content.fact.stream;
        }
        if (position >= head) return undefined;
      }
    } finally {
      clearTimeout(timer);
      stop.abort();
    }
    throw new ProjectionBehindError(head);
  }
}
