import type { Instant } from '@chargebook/domain';
import type { Batch, EventStore } from '@chargebook/event-store';
import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from '../database/database';
import type { LedgerHead } from '../ledger/ledger';
import { appendToLedger, factsAfter } from '../ledger/ledger';
import { Bell } from './bell';
import type { LeaseEvents } from './leases';
import { moveLedger, movedPlace } from './ledger-place';
import { LeaseLostError, Leases } from './leases';
import { advance, LEDGER, LEDGER_VERSION, lockMarks, markOf, marksOf } from './marks';
import type { Projection } from './projection';
import { PROGRESS_CHANNEL } from './progress';
import { atBothPaces, Quarantine } from './quarantine';
import { Rebuilder } from './rebuilder';
import { requestRebuilds } from './rebuilds';

const BATCH_SIZE = 1_000;
const LONGEST_BACK_OFF_MS = 2_000;
/** Notices of progress can be lost with a connection. */
const LOOK_ANYWAY_MS = 250;

export interface ProjectorEvents extends Pick<LeaseEvents, 'onLease' | 'onLeaseLost'> {
  /** Reading or writing failed; it is tried again. */
  onFault?(error: unknown): void;
  /** A thing could not be brought up to date in a projection; the rest goes on. */
  onQuarantine?(projection: string, thing: string, sequence: number, error: unknown): void;
  /** New tables begin to be filled beside those of a projection, or have taken their place. */
  onRebuild?(projection: string, what: 'begun' | 'switched'): void;
}

/**
 * Keeps the read models up to date with the event store. The ledger takes every event in and gives it its sequence;
 * all other projections are made from the ledger. A batch is one transaction: rows and how far they go, so that each
 * event counts exactly once.
 *
 * Several processes may do this on one database: each keeps the projections whose leases it holds. Whoever has the ledger
 * takes its other projections along in the same transaction; the others are made from the ledger's rows as they come.
 */
export class Projector {
  private readonly leases: Leases;
  private readonly quarantine: Quarantine;
  private readonly rebuilder: Rebuilder;
  private readonly progress = new Bell();
  private isPlaceKnown = false;

  constructor(
    private readonly database: Database,
    private readonly store: EventStore,
    private readonly projections: readonly Projection[],
    private readonly events: ProjectorEvents = {},
  ) {
    refuseTwins(projections);
    this.leases = new Leases(database, [LEDGER, ...namesOf(projections)], events);
    this.quarantine = new Quarantine((...told) => this.events.onQuarantine?.(...told));
    this.rebuilder = new Rebuilder(
      { database, store, leases: this.leases, quarantine: this.quarantine },
      projections,
      events,
    );
  }

  /** Works until the signal; faults are told and tried again. */
  async run(signal: AbortSignal): Promise<void> {
    const listening = this.database.listen(PROGRESS_CHANNEL, () => this.progress.ring(), signal);
    await Promise.all([this.leases.keep(signal), this.project(signal), this.rebuilder.run(signal)]);
    await this.leases.release();
    await listening;
  }

  private async project(signal: AbortSignal): Promise<void> {
    for (let backOffMs = 50; !signal.aborted; backOffMs = Math.min(backOffMs * 2, LONGEST_BACK_OFF_MS)) {
      const { fences, changed } = this.leases.holding;
      const until = AbortSignal.any([signal, changed]);
      try {
        await this.keep(fences, until, () => (backOffMs = 50));
        backOffMs = 50;
      } catch (error) {
        if (error instanceof LeaseLostError) continue;
        this.events.onFault?.(error);
        await pause(backOffMs, undefined, { signal: until }).catch(() => undefined);
      }
    }
  }

  /** Keeps what is held until the signal. */
  private async keep(held: ReadonlyMap<string, number>, until: AbortSignal, onProgress: () => void) {
    const projections = this.projections.filter(({ name }) => held.has(name));
    if (held.size > 0) await this.begin([...held.keys()]);
    await this.catchUp(projections, until);
    if (held.has(LEDGER)) return this.follow(projections, until, onProgress);
    while (!until.aborted) {
      await this.progress.heard(LOOK_ANYWAY_MS, until);
      await this.catchUp(projections, until);
      onProgress();
    }
  }

  /** Makes sure that projections have their marks, and that those whose rows have another meaning now are made anew. */
  private async begin(names: readonly string[]): Promise<void> {
    const held = [{ name: LEDGER, version: LEDGER_VERSION }, ...this.projections].filter(({ name }) =>
      names.includes(name),
    );
    await this.leases.write(names, async (transaction) => {
      const marks = await marksOf(transaction, held);
      const outdated = held.filter(
        ({ name, version }) => version !== marks.find((mark) => mark.name === name)?.version,
      );
      await requestRebuilds(transaction, namesOf(outdated));
    });
  }

  /** Brings projections up to the ledger. */
  private async catchUp(projections: readonly Projection[], until: AbortSignal): Promise<void> {
    if (projections.length === 0) return;
    while (!until.aborted && (await this.takeFromLedger(projections)));
  }

  /** @returns whether there was anything to take */
  private takeFromLedger(projections: readonly Projection[]): Promise<boolean> {
    const names = namesOf(projections);
    const batch = (pace: 'quick' | 'careful') =>
      this.leases.write(
        names,
        async (transaction) => {
          const marks = new Map(
            (await lockMarks(transaction, names)).map((mark) => [mark.name, mark.sequence]),
          );
          const { facts, last } = await factsAfter(transaction, Math.min(...marks.values()), BATCH_SIZE);
          if (last == null) return false;
          const behind = projections.filter(({ name }) => (marks.get(name) ?? 0) < last);
          for (const projection of behind) {
            const after = marks.get(projection.name) ?? 0;
            const news = facts.filter(({ bookOrder }) => bookOrder > after);
            await this.quarantine.take(transaction, { projection, name: projection.name }, news, after, pace);
          }
          await advance(transaction, namesOf(behind), last);
          return true;
        },
        { settings: batchSettings(names) },
      );
    return atBothPaces(batch);
  }

  private async follow(
    projections: readonly Projection[],
    until: AbortSignal,
    onProgress: () => void,
  ): Promise<void> {
    await this.findPlace();
    const { position, head } = await this.ledgerEnd();
    let end = head;
    const stream = this.store.follow({
      after: position,
      batchSize: BATCH_SIZE,
      signal: until,
      onFault: (fault) => {
        if (fault != null) this.events.onFault?.(fault);
      },
    });
    for await (const batch of stream) {
      end = await this.takeBatch(projections, batch, end);
      onProgress();
    }
  }

  /** Once for each process: the store that it was given may be another than the one whose positions the ledger has. */
  private async findPlace(): Promise<void> {
    if (this.isPlaceKnown) return;
    const mark = await markOf(this.database, LEDGER);
    const place = mark == null ? undefined : await movedPlace(this.database, this.store, mark);
    if (mark != null && place != null)
      await this.leases.write([LEDGER], (transaction) => moveLedger(transaction, mark.sequence, place));
    this.isPlaceKnown = true;
  }

  private async ledgerEnd(): Promise<{ position: bigint | undefined; head: LedgerHead }> {
    const { sequence, position } = (await markOf(this.database, LEDGER)) ?? { sequence: 0, position: null };
    const last = await this.database.query<{ recorded_at: Instant }>(
      'SELECT recorded_at FROM ledger.fact WHERE sequence = $1',
      [sequence],
    );
    return {
      position: position == null ? undefined : BigInt(position),
      head: { sequence, recordedAt: last[0]?.recorded_at },
    };
  }

  private takeBatch(
    projections: readonly Projection[],
    batch: Batch,
    before: LedgerHead,
  ): Promise<LedgerHead> {
    const names = [LEDGER, ...namesOf(projections)];
    const attempt = (pace: 'quick' | 'careful') =>
      this.leases.write(
        names,
        async (transaction) => {
          const marks = await lockMarks(transaction, names);
          if (marks.some(({ sequence }) => sequence !== before.sequence))
            throw new Error('projections are not where they were left');
          const { facts, head } = await appendToLedger(transaction, batch.entries, before, pace);
          for (const projection of projections) {
            const setting = { projection, name: projection.name };
            await this.quarantine.take(transaction, setting, facts, before.sequence, pace);
          }
          await advance(transaction, names, head.sequence, batch.position);
          return head;
        },
        { settings: batchSettings(names) },
      );
    return atBothPaces(attempt);
  }
}

function namesOf(projections: readonly Pick<Projection, 'name'>[]): string[] {
  return projections.map(({ name }) => name);
}

/** Read models are made again from the store after a crash: their commits need not wait for the disk. */
function batchSettings(schemas: readonly string[]): Readonly<Record<string, string>> {
  return { synchronous_commit: 'off', search_path: schemas.join(', ') };
}

/** A table's name alone has to say whose it is. */
function refuseTwins(projections: readonly Projection[]): void {
  const tables = [
    'fact',
    'entry',
    'thing',
    'tile',
    ...projections.flatMap((projection) => projection.tables),
  ];
  const twin = tables.find((table, index) => tables.indexOf(table) !== index);
  if (twin != null) throw new Error(`several projections have a table named ${twin}`);
}
