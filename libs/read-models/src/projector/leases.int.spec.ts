import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestDatabase } from '../book.fixtures';
import { startDatabase } from '../book.fixtures';
import { LeaseLostError, Leases } from './leases';

const NAMES = ['ledger', 'registry'];

/** A process as far as its leases go. */
class Keeper {
  readonly told: string[] = [];
  readonly leases: Leases;
  private stopping = new AbortController();
  private keeping: Promise<void> = Promise.resolve();

  constructor(books: TestDatabase) {
    this.leases = new Leases(books.connect(), NAMES, {
      onLease: (projection) => this.told.push(`has ${projection}`),
      onLeaseLost: (projection) => this.told.push(`lost ${projection}`),
      onFault: (error) => this.told.push(String(error)),
    });
  }

  start(): void {
    this.stopping = new AbortController();
    this.keeping = this.leases.keep(this.stopping.signal);
  }

  /** As a process that is stopped does: nothing is renewed, nothing given back. */
  async pause(): Promise<void> {
    this.stopping.abort();
    await this.keeping;
  }

  async has(count: number): Promise<void> {
    for (let { fences, changed } = this.leases.holding; fences.size !== count;) {
      await new Promise((resolve) => changed.addEventListener('abort', resolve));
      ({ fences, changed } = this.leases.holding);
    }
  }
}

describe('leases of projections', () => {
  let books: TestDatabase;
  let [first, second]: Keeper[] = [];

  beforeAll(async () => {
    books = await startDatabase();
    await books.database.query('CREATE TABLE written (by text)');
  });

  beforeEach(async () => {
    await books.database.query('TRUNCATE book.lease, book.projector, written');
    [first, second] = [new Keeper(books), new Keeper(books)];
    first.start();
    await first.has(2);
  });

  afterEach(async () => {
    for (const keeper of [first, second]) {
      await keeper?.pause();
      await keeper?.leases.release();
    }
  });

  afterAll(() => books.remove());

  const write = (keeper: Keeper | undefined, by: string) =>
    keeper?.leases.write(NAMES, async (transaction) => {
      await transaction.query('INSERT INTO written VALUES ($1)', [by]);
    });
  const written = async () =>
    (await books.database.query<{ by: string }>('SELECT by FROM written')).map(({ by }) => by);

  it('are given back by who stops, and taken at the next look', async () => {
    await first?.pause();
    await first?.leases.release();
    second?.start();
    await second?.has(2);

    await write(second, 'second');
    await expect(write(first, 'first')).rejects.toThrow(LeaseLostError);
    expect(await written()).toEqual(['second']);
    expect(second?.told.sort()).toEqual(['has ledger', 'has registry']);
  });

  it('are shared with who comes, in order, while both write', async () => {
    second?.start();
    await second?.has(1);
    await first?.has(1);

    expect([...(first?.leases.holding.fences.keys() ?? [])]).toEqual(['ledger']);
    expect([...(second?.leases.holding.fences.keys() ?? [])]).toEqual(['registry']);
    expect(first?.told.filter((told) => told.startsWith('lost'))).toEqual([]);
  });

  it('go to another one when they are not renewed; who wakes up late writes nothing, and is told', async () => {
    await first?.pause();
    second?.start();
    await second?.has(2);
    await write(second, 'second');

    await expect(write(first, 'late')).rejects.toThrow(LeaseLostError);

    expect(await written()).toEqual(['second']);
    expect(first?.leases.holding.fences.size).toBe(0);
    expect(first?.told.slice(2).sort()).toEqual(['lost ledger', 'lost registry']);
  });

  it('go to another one even from the middle of a transaction, of which nothing stays', async () => {
    let wakeUp: () => void = () => undefined;
    let isAsleep: () => void = () => undefined;
    const asleep = new Promise<void>((resolve) => (isAsleep = resolve));
    const late = first?.leases.write(NAMES, async (transaction) => {
      await transaction.query("INSERT INTO written VALUES ('late')");
      await new Promise<void>((resolve) => {
        wakeUp = resolve;
        isAsleep();
      });
      await transaction.query("INSERT INTO written VALUES ('later')");
    });
    await asleep;
    await first?.pause();

    second?.start();
    await second?.has(2);
    await write(second, 'second');
    wakeUp();

    await expect(late).rejects.toThrow();
    await expect(write(first, 'too late')).rejects.toThrow(LeaseLostError);
    expect(await written()).toEqual(['second']);
  });
});
