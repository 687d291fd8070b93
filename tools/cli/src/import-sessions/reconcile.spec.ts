import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RecordedSession } from './reconcile';
import { reconcile } from './reconcile';
import { rowOf } from './session-row.fixtures';

const recorded = (id: string, from: number, to?: number): RecordedSession => ({
  id,
  startedAtMs: from * 3_600_000,
  endedAtMs: to == null ? undefined : to * 3_600_000,
});
const reasons = (result: ReturnType<typeof reconcile>) =>
  result.rejects.map(({ line, reason }) => `${line} ${reason}`);

describe('rows of one charger', () => {
  it('may touch, and may last no time', () => {
    const rows = [
      rowOf({ line: 2, from: 2, to: 3 }),
      rowOf({ line: 3, from: 2, to: 2 }),
      rowOf({ line: 4, from: 1, to: 2 }),
    ];
    const result = reconcile(rows, []);
    expect(result.fresh.map(({ line }) => line)).toEqual([4, 3, 2]);
    expect(result.rejects).toEqual([]);
  });

  it('that stand twice are duplicates, with a word on other figures', () => {
    const rows = [2, 3, 4].map((line) =>
      rowOf({ line, from: 1, to: 2, energyWattHours: line === 4 ? 5 : 7 }),
    );
    const { fresh, rejects } = reconcile(rows, []);
    expect(fresh.map(({ line }) => line)).toEqual([2]);
    expect(rejects.map(({ message }) => message)).toEqual([
      'the same session as line 2',
      'the same session as line 2, with other figures',
    ]);
  });

  it('with one session id for two sessions: the later one is a reject', () => {
    const rows = [
      rowOf({ line: 2, from: 1, to: 2, sessionId: 'x' }),
      rowOf({ line: 3, from: 3, to: 4, sessionId: 'x' }),
    ];
    expect(reasons(reconcile(rows, []))).toEqual(['3 SESSION_ID_TWICE']);
  });
});

describe('rows that meet the book', () => {
  const row = rowOf({ from: 10, to: 12, energyWattHours: 5000 });

  it('are there already, by id or by their times', () => {
    expect(reconcile([row], [recorded(row.sessionId, 10, 12)]).alreadyThere).toEqual([row]);
    expect(reconcile([row], [recorded('live', 10, 12)]).alreadyThere).toEqual([row]);
    // A move that was recorded later may have cut it.
    expect(reconcile([row], [recorded(row.sessionId, 10, 11)]).alreadyThere).toEqual([row]);
  });

  it('are told again where the book has the start alone', () => {
    expect(reconcile([row], [recorded(row.sessionId, 10)]).fresh).toEqual([row]);
  });

  it.each([
    ['over its start', recorded('live', 9, 11)],
    ['over its end', recorded('live', 11, 13)],
    ['within it', recorded('live', 11, 11.5)],
    ['around it', recorded('live', 9, 13)],
    ['at its end, which the book would take for that one', recorded('live', 12, 13)],
    ['still going on, begun within it', recorded('live', 11)],
  ])('are rejects when another session lies %s', (_, other) => {
    expect(reasons(reconcile([row], [other]))).toEqual(['2 OVERLAP']);
  });

  it.each([
    ['before', recorded('live', 8, 9)],
    ['just before', recorded('live', 9, 10)],
    ['after', recorded('live', 13, 14)],
    ['before, without an end', recorded('live', 9)],
  ])('are fresh when another session lies %s', (_, other) => {
    expect(reconcile([row], [other]).fresh).toEqual([row]);
  });

  it('are rejects when the book has other figures for them', () => {
    const other = { ...recorded(row.sessionId, 10, 12), energyWattHours: 4000 };
    expect(reasons(reconcile([row], [other]))).toEqual(['2 RECORDED_DIFFERENTLY']);
    expect(reasons(reconcile([{ ...row, sessionId: 'x' }], [recorded('x', 9, 12)]))).toEqual([
      '2 RECORDED_DIFFERENTLY',
    ]);
  });
});

describe('any rows', () => {
  const span = fc.tuple(fc.nat(30), fc.nat(5)).map(([from, length]) => ({ from, to: from + length }));

  it('are all accounted for once, and those to be recorded never overlap', () => {
    fc.assert(
      fc.property(fc.array(span, { maxLength: 20 }), (spans) => {
        const rows = spans.map((some, i) => rowOf({ line: i + 2, ...some }));
        const { fresh, alreadyThere, rejects } = reconcile(rows, []);
        const lines = [...fresh, ...alreadyThere, ...rejects].map(({ line }) => line);
        expect(lines.toSorted((a, b) => a - b)).toEqual(rows.map(({ line }) => line));
        for (const [i, row] of fresh.slice(1).entries()) {
          expect(row.startedAtMs).toBeGreaterThanOrEqual(fresh[i]!.endedAtMs);
        }
      }),
    );
  });

  it('recorded once are all there the second time, also when the file has grown', () => {
    fc.assert(
      fc.property(
        fc.array(span, { maxLength: 12 }),
        fc.array(span, { maxLength: 12 }),
        (spans, moreSpans) => {
          const rows = spans.map((some, i) => rowOf({ line: i + 2, ...some }));
          const more = [...moreSpans.map((some, i) => rowOf({ line: i + 100, ...some })), ...rows];
          const first = reconcile(rows, []);
          const book = first.fresh.map(({ sessionId, startedAtMs, endedAtMs }) => ({
            id: sessionId,
            startedAtMs,
            endedAtMs,
          }));
          const second = reconcile(more, book);
          const there = new Set(second.alreadyThere.map(({ sessionId }) => sessionId));
          expect(there).toEqual(new Set(book.map(({ id }) => id)));
          expect(second.fresh.filter(({ sessionId }) => there.has(sessionId))).toEqual([]);
        },
      ),
    );
  });
});
