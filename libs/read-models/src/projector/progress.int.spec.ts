import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestBook } from '../book.fixtures';
import { startBook, startProjector, writtenAs } from '../book.fixtures';
import { BookQueries } from '../book/book.queries';
import { at, fact, siteRegistered } from '../facts.fixtures';
import { ProjectionBehindError } from './progress';

describe('how far the read models are', () => {
  let book: TestBook;

  beforeAll(async () => {
    book = await startBook();
  });

  afterAll(() => book.stop());

  it('is asked before anything was told', async () => {
    expect(await book.progress.mark()).toMatchObject({ position: undefined, sequence: 0, ledger: 0 });
    expect(await book.queries.head()).toBe(0);
    expect(await book.queries.cutAt(at('08:00'), 0)).toBe(0);
    await book.queries.catchUp(1_000);
  });

  it('is waited for', async () => {
    const waiting = book.progress.reached(100n, 10_000);

    const sequence = await book.tell(fact('08:00', siteRegistered('awaited')));

    expect((await waiting).sequence).toBe(sequence);
  });

  it('is waited for no longer than was asked', async () => {
    const { position = 0n } = await book.progress.mark();
    const beganMs = performance.now();

    const waiting = book.progress.reached(position + 1n, 120);

    await expect(waiting).rejects.toThrow(ProjectionBehindError);
    expect(performance.now() - beganMs).toBeGreaterThanOrEqual(119);
    expect(performance.now() - beganMs).toBeLessThan(3_000);
  });

  it('is answered at once where it is reached already', async () => {
    const { position = 0n, sequence } = await book.progress.mark();

    expect(await book.progress.reached(position, 0)).toMatchObject({ sequence, position });
    expect(await book.queries.headAfter(position, 0)).toBe(sequence);
  });

  it('counts only when every projection has got there', async () => {
    const { sequence, position = 0n } = await book.progress.mark();
    await book.database.query(
      "INSERT INTO book.projection (name, version, sequence) VALUES ('slow', 1, $1)",
      [sequence - 1],
    );

    const waiting = book.progress.reached(position, 60);

    await expect(waiting).rejects.toThrow(ProjectionBehindError);
    expect((await book.queries.projections()).find(({ name }) => name === 'slow')?.lagFacts).toBe('1');
    await book.database.query("DELETE FROM book.projection WHERE name = 'slow'");
    expect((await book.progress.reached(position, 1_000)).sequence).toBe(sequence);
  });

  it('says how much the store holds that is not taken in', async () => {
    await book.tell(fact('08:00', siteRegistered('before')));
    const ahead = new BookQueries(book.database, book.progress, {
      head: () => Promise.resolve(1_000_000n),
      follow: ({ after = 0n, signal }) =>
        (async function* () {
          const content = { unreadable: { eventId: '', stream: '', revision: 0, type: '', problem: '' } };
          yield {
            entries: [1n, 2n, 3n].map((step) => ({
              position: after + step,
              written: writtenAs(content),
              content,
            })),
            position: 1_000_000n,
          };
          await Promise.resolve(signal);
        })(),
    });

    const statuses = await ahead.projections();

    expect(new Set(statuses.map(({ lagFacts }) => lagFacts))).toEqual(new Set(['3']));
    for (const { lagSeconds } of statuses) expect(lagSeconds).toBeGreaterThan(0);
  });

  it('is told to readers in another process', async () => {
    const other = startProjector(book.database, book.store, []);
    const sequence = await book.tell(fact('08:00', siteRegistered('elsewhere')));
    await other.stop();

    expect((await book.progress.mark()).sequence).toBe(sequence);
  });

  it('knows the sequence that an instant of record time means', async () => {
    const recordedAt = (seconds: number) => `2040-01-01T00:00:0${String(seconds)}.500Z`;
    const told = [1, 1, 3].map((seconds, index) =>
      fact('08:00', siteRegistered(`cut-${String(index)}`), { recordedAt: recordedAt(seconds) }),
    );
    const head = await book.tell(...told);

    expect(await book.queries.cutAt('2040-01-01T00:00:01.499Z', head)).toBe(head - 3);
    expect(await book.queries.cutAt(recordedAt(1), head)).toBe(head - 1);
    expect(await book.queries.cutAt('2040-01-01T00:00:02.000Z', head)).toBe(head - 1);
    expect(await book.queries.cutAt(recordedAt(3), head)).toBe(head);
    expect(await book.queries.cutAt(recordedAt(3), head - 1)).toBe(head - 1);
    expect(await book.queries.recordedAt(head)).toBe(recordedAt(3));
    expect(await book.queries.recordedAt(head + 1)).toBeUndefined();
  });
});
