import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Position } from '@chargebook/event-store';
import type { RunningProjector, TestDatabase } from '../book.fixtures';
import { startDatabase, startProjector } from '../book.fixtures';
import type { TestStore } from '../engines.fixtures';
import { startStore } from '../engines.fixtures';
import type { Untold } from '../facts.fixtures';
import { fact, siteRegistered } from '../facts.fixtures';
import { registryProjection } from '../registry/registry.projection';
import { Progress } from './progress';
import type { Projection } from './projection';
import { PROJECTIONS } from './projections';

describe('a projector that is interrupted', () => {
  let books: TestDatabase;
  let events: TestStore;
  let progress: Progress;
  let last: Position;
  const told: Untold[] = [];
  const running: RunningProjector[] = [];

  beforeAll(async () => {
    [books, events] = await Promise.all([startDatabase(), startStore()]);
    progress = new Progress(books.database);
    progress.start();
    await tell(...Array.from({ length: 1_300 }, (_, index) => registration(index)));
  });

  beforeEach(async () => {
    await books.database.query(
      'TRUNCATE ledger.fact, ledger.entry, ledger.thing, ledger.tile, book.projection, book.quarantine, registry.site',
    );
  });

  afterEach(async () => {
    await Promise.all(running.splice(0).map((projector) => projector.stop()));
  });

  afterAll(async () => {
    await progress.stop();
    await Promise.all([books.remove(), events.remove()]);
  });

  // In one stream, so that they are appended together.
  const registration = (index: number) =>
    fact('08:00', siteRegistered(`S${String(index)}`), { stream: 'registrations' });

  async function tell(...facts: Untold[]): Promise<void> {
    told.push(...facts);
    last = await events.record(...facts);
  }

  const start = (projections: readonly Projection[] = PROJECTIONS) => {
    const projector = startProjector(books.connect(), events.store, projections);
    running.push(projector);
    return projector;
  };

  const expectEachOnce = async () => {
    await progress.reached(last, 20_000);
    const rows = await books.database.query<{ sequence: number; event_id: string }>(
      'SELECT sequence, event_id FROM ledger.fact ORDER BY sequence',
    );
    expect(rows.map((row) => row.event_id)).toEqual(told.map(({ eventId }) => eventId));
    expect(rows.map(({ sequence }) => sequence)).toEqual(told.map((_, index) => index + 1));
    expect(await books.database.query('SELECT count(*) FROM registry.site')).toEqual([
      { count: told.length },
    ]);
  };

  it('goes on where it was stopped', async () => {
    const first = start();
    const taken = await firstBatch(progress);
    await first.stop();

    const second = start();

    expect(taken).toBeGreaterThan(0);
    await expectEachOnce();
    expect([...first.faults, ...second.faults]).toEqual([]);
  });

  it('recovers by itself when its connection is ended in the middle of a batch', async () => {
    const killer = books.connect();
    let takes = 0;
    const doomed: Projection = {
      ...registryProjection,
      take: async (transaction, news, after) => {
        await registryProjection.take(transaction, news, after);
        takes += 1;
        // The first batch and its second try, and once more with batches written before.
        if (takes > 2 && takes !== 4) return;
        const [backend] = await transaction.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
        await killer.query('SELECT pg_terminate_backend($1)', [backend?.pid]);
        await transaction.query('SELECT 1');
      },
    };

    const projector = start([doomed]);
    await expectEachOnce();
    while (takes < 5) await tell(registration(10_000 + takes)).then(expectEachOnce);

    expect(projector.faults).toHaveLength(3);
    expect(projector.quarantined).toEqual([]);
  });

  it('lets another one go on, and neither counts anything twice', async () => {
    const projectors = [start(), start()];

    await expectEachOnce();
    for (let index = 20_000; index < 20_020; index += 1) await tell(registration(index));

    await expectEachOnce();
    expect(projectors.flatMap(({ quarantined }) => quarantined)).toEqual([]);
  });

  it('fills a projection together with another one, and neither counts anything twice', async () => {
    const first = start();
    await progress.reached(last, 20_000);
    await first.stop();
    await books.database.query("UPDATE book.projection SET version = 0 WHERE name <> 'ledger'");

    const projectors = [start(), start(), start()];

    await expectEachOnce();
    await Promise.all(projectors.map((projector) => projector.stop()));
    expect(projectors.flatMap(({ quarantined }) => quarantined)).toEqual([]);
  });
});

/** The ledger's sequence as soon as it has one. */
async function firstBatch(progress: Progress): Promise<number> {
  for (;;) {
    const { ledger } = await progress.mark();
    if (ledger > 0) return ledger;
  }
}
