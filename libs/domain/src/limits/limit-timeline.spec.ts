import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { epochMsOf, instantOf } from '../time';
import { effectiveLimit } from './effective-limit';
import { CHARGERS, history, instant } from './history.fixtures';
import type { LimitSource } from './limit-source';
import type { LimitSegment, SourceSpan } from './limit-timeline';
import { limitSegments, limitTimeline } from './limit-timeline';
import { isSameValue } from './limit-value';
import { Story } from './story.fixtures';

describe('the timeline of any history', () => {
  it('has at every instant the value of the effective limit there, without gaps', () => {
    fc.assert(
      fc.property(
        history,
        fc.constantFrom(...CHARGERS),
        instant,
        instant,
        fc.array(instant, { minLength: 5, maxLength: 5 }),
        (story, serial, from, to, others) => {
          const knowledge = story.knowledgeOf(serial);
          const segments = limitTimeline(knowledge, from, to);
          expect(segments.length > 0).toBe(from < to);
          if (from >= to) return;
          expect([segments[0]?.from, segments.at(-1)?.to]).toEqual([from, to]);
          segments.slice(1).forEach((segment, index) => {
            expect(segment.from).toBe(segments[index]?.to);
            expect(isSameValue(segment, segments[index] as LimitSegment)).toBe(false);
          });
          const ends = segments.flatMap((segment) => [segment.from, justBefore(segment.to)]);
          for (const at of [...ends, ...others.filter((other) => from <= other && other < to)]) {
            const segment = segments.find((each) => each.from <= at && at < each.to);
            const limit = effectiveLimit(knowledge, at);
            expect({ at, isRight: segment != null && isSameValue(segment, limit) }).toEqual({
              at,
              isRight: true,
            });
            // On no backplate nothing is in force that would be compared.
            const inForce =
              limit.behaviour === 'NOT_MOUNTED' ? [] : limit.sources.filter((each) => each.inForce);
            expect({ at, sources: (segment?.sources ?? []).filter(covers(at)).map(toldOf).sort() }).toEqual({
              at,
              sources: inForce.map(toldOf).sort(),
            });
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('the timeline of a charger with a nightly plan', () => {
  const SET_UP = '2026-03-01T00:00:00.000Z';

  /** A charger that hangs at Oslo and may charge from 22:00 to 06:00 with 10 A. */
  function nightly(): Story {
    const story = new Story();
    const tell = (name: string, input: Record<string, unknown>) => {
      story.tell({ do: name, at: SET_UP, input });
    };
    tell('registerSite', { id: 'S', name: 'Harbour', timeZone: 'Europe/Oslo' });
    tell('addCircuit', { id: 'C', site: 'S', fuseRatingAmps: 16 });
    tell('installBackplate', { id: 'B', circuit: 'C' });
    tell('registerCharger', { serial: 'X' });
    tell('mountCharger', { charger: 'X', backplate: 'B' });
    const windows = [{ start: '22:00', stop: '06:00', limitAmps: 10 }];
    tell('setChargePlan', { charger: 'X', kind: 'RECURRING', windows });
    return story;
  }

  it('keeps its wall time over the clock change, and ends with the mounting', () => {
    const story = nightly();
    story.tell({ do: 'dismountCharger', at: '2026-03-30T12:00:00.000Z', input: { charger: 'X' } });
    const segments = limitTimeline(
      story.knowledgeOf('X'),
      '2026-03-28T12:00:00.000Z',
      '2026-04-30T00:00:00.000Z',
    );
    expect(segments.map(({ from, amps, behaviour }) => [from, amps, behaviour])).toEqual([
      ['2026-03-28T12:00:00.000Z', 0, 'NO_CAR'],
      ['2026-03-28T21:00:00.000Z', 10, 'NO_CAR'],
      ['2026-03-29T04:00:00.000Z', 0, 'NO_CAR'],
      ['2026-03-29T20:00:00.000Z', 10, 'NO_CAR'],
      ['2026-03-30T04:00:00.000Z', 0, 'NO_CAR'],
      ['2026-03-30T12:00:00.000Z', undefined, 'NOT_MOUNTED'],
    ]);
  });

  it('can be taken segment by segment, however long the span', () => {
    const endless = limitSegments(nightly().knowledgeOf('X'), SET_UP, '9999-12-31T00:00:00.000Z');
    const first = [endless.next(), endless.next(), endless.next()].map(({ value }) => value as LimitSegment);
    expect(first.map(({ to }) => to)).toEqual([
      '2026-03-01T05:00:00.000Z',
      '2026-03-01T21:00:00.000Z',
      '2026-03-02T05:00:00.000Z',
    ]);
  });

  it('is empty unless it begins before it ends', () => {
    expect(limitTimeline(nightly().knowledgeOf('X'), SET_UP, SET_UP)).toEqual([]);
  });
});

function covers(at: string) {
  return ({ from, to }: SourceSpan) => from <= at && at < to;
}

function toldOf({ eventId, kind, axis, ofId, amps, setBy }: LimitSource | SourceSpan): string {
  return JSON.stringify([eventId, kind, axis, ofId, amps, setBy]);
}

function justBefore(instantOfEnd: string): string {
  return instantOf(epochMsOf(instantOfEnd) - 1);
}
