import { describe, expect, it } from '@jest/globals';
import type { BookClient, Command, Observation, Outcome } from '../book-client';
import { concurrently } from './concurrently';
import { emptyExecution, execute } from './execute';
import { nothingKnown, planImport } from './plan';
import { rowOf } from './session-row.fixtures';

const accepted: Outcome = { accepted: true, notices: [] };

/** A book that takes everything but what it is told to refuse, and remembers the order. */
class ListeningBook implements BookClient {
  readonly batches: Observation[][] = [];
  readonly commands: Command[] = [];
  underWay = 0;
  mostUnderWay = 0;

  constructor(
    private readonly refuse: (told: Command | Observation) => string | undefined = () => undefined,
  ) {}

  greet = () => Promise.resolve();
  findSites = () => Promise.resolve(new Set<string>());
  findCircuits = () => Promise.resolve(new Map<string, string>());
  findBackplates = () => Promise.resolve(new Map<string, string>());
  findChargers = () => Promise.resolve(new Map());

  async command(commands: Command[]): Promise<Outcome[]> {
    this.commands.push(...commands);
    return this.answer(commands);
  }

  async recordObservations(observations: Observation[]): Promise<Outcome[]> {
    this.batches.push(observations);
    return this.answer(observations);
  }

  private async answer(told: (Command | Observation)[]): Promise<Outcome[]> {
    this.mostUnderWay = Math.max(this.mostUnderWay, ++this.underWay);
    await new Promise(setImmediate);
    this.underWay--;
    return told.map((one) => {
      const code = this.refuse(one);
      return code == null ? accepted : { accepted: false, code, message: `no: ${code}` };
    });
  }
}

async function executed(
  book: BookClient,
  rows: Parameters<typeof planImport>[0],
  batchSize = 500,
  concurrency = 4,
) {
  const result = emptyExecution();
  let settledCount = 0;
  const options = {
    batchSize,
    concurrency,
    siteTimeZone: 'UTC',
    onSettled: (count: number) => (settledCount += count),
  };
  await execute(planImport(rows, nothingKnown()), book, options, result);
  expect(settledCount).toBe(result.recordedCount + result.rejects.length);
  return result;
}

const fleet = Array.from({ length: 20 }, (_, charger) =>
  Array.from({ length: 15 }, (__, i) => rowOf({ charger: `C${charger}`, from: i * 2, to: i * 2 + 1 })),
).flat();

describe('carrying out a plan', () => {
  it('sends full batches side by side, each charger in the order of its time', async () => {
    const book = new ListeningBook();
    const result = await executed(book, fleet, 50, 4);

    expect(result.recordedCount).toBe(300);
    expect(result.registered).toEqual({ sites: 1, circuits: 1, backplates: 20, chargers: 20 });
    expect(book.batches.every((batch) => batch.length <= 50)).toBe(true);
    expect(book.batches).toHaveLength(12);
    expect(book.mostUnderWay).toBe(4);
    const told = book.batches.flat();
    for (const serial of new Set(fleet.map(({ charger }) => charger))) {
      const times = told.filter(({ charger }) => charger === serial).map(({ occurredAt }) => occurredAt);
      expect(times).toEqual(times.toSorted());
      expect(times).toHaveLength(30);
    }
  });

  it('rejects what depends on a refused registration, with its code, and goes on with the rest', async () => {
    const book = new ListeningBook((told) =>
      'mutation' in told && 'site' in told.input && told.input.site === 'T' ? 'NOT_IN_CONTROL' : undefined,
    );
    const rows = [
      rowOf({ line: 2, from: 1, to: 2 }),
      rowOf({ line: 3, charger: 'D', site: 'T', from: 1, to: 2 }),
    ];
    const result = await executed(book, rows);

    expect(result.recordedCount).toBe(1);
    expect(result.rejects).toEqual([
      { line: 3, text: 'row 3', reason: 'NOT_IN_CONTROL', message: 'no: NOT_IN_CONTROL' },
    ]);
    expect(book.commands.some(({ input }) => 'id' in input && input.id === 'T-D')).toBe(false);
  });

  it('rejects the sessions of a refused move, up to the next one that is accepted', async () => {
    const book = new ListeningBook((told) =>
      'mutation' in told && told.mutation === 'relocateCharger' && told.input.backplate === 'T-C'
        ? 'PLACEMENT_OVERLAP'
        : undefined,
    );
    const rows = ['S', 'T', 'T', 'U'].map((site, i) =>
      rowOf({ line: i + 2, site, from: i * 2, to: i * 2 + 1 }),
    );
    const result = await executed(book, rows);

    expect(result.rejects.map(({ line, reason }) => `${line} ${reason}`)).toEqual([
      '3 PLACEMENT_OVERLAP',
      '4 PLACEMENT_OVERLAP',
    ]);
    expect([result.recordedCount, result.relocationCount]).toEqual([2, 1]);
  });

  it('takes for registered what an import with another file has registered', async () => {
    const book = new ListeningBook((told) =>
      'mutation' in told && told.mutation === 'registerSite' ? 'IDEMPOTENCY_KEY_REUSED' : undefined,
    );
    const result = await executed(book, [rowOf({ from: 1, to: 2 })]);
    expect([result.recordedCount, result.registered.sites, result.registered.chargers]).toEqual([1, 0, 1]);
  });

  it('says so when the start of a session is recorded and its end is refused', async () => {
    const book = new ListeningBook((told) =>
      'kind' in told && told.kind === 'CAR_DISCONNECTED' ? 'RETIRED' : undefined,
    );
    const result = await executed(book, [rowOf({ from: 1, to: 2 })]);
    expect(result.rejects).toMatchObject([
      { reason: 'RETIRED', message: 'the start is recorded, the end is not: no: RETIRED' },
    ]);
  });
});

describe('work side by side', () => {
  it('ends with the first failure, and begins nothing after it', async () => {
    const begun: number[] = [];
    const work = async (item: number) => {
      begun.push(item);
      await new Promise(setImmediate);
      if (item === 2) throw new Error('two');
      return item;
    };
    await expect(concurrently([1, 2, 3, 4, 5, 6], 2, work)).rejects.toThrow('two');
    expect(begun.length).toBeLessThan(6);
    expect(await concurrently([7, 8, 9], 2, work)).toEqual([7, 8, 9]);
  });
});
