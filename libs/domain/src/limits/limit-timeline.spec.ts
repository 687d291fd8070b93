import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { epochMsOf, instantOf } from '../time';
import { effectiveLimit } from './effective-limit';
import { CHARGERS, history, instant } from './history.fixtures';
import type { LimitSegment } from './limit-timeline';
import { limitTimeline } from './limit-timeline';
import { isSameValue } from './limit-value';

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
            expect({
              at,
              isRight: segment != null && isSameValue(segment, effectiveLimit(knowledge, at)),
            }).toEqual({ at, isRight: true });
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

function justBefore(instantOfEnd: string): string {
  return instantOf(epochMsOf(instantOfEnd) - 1);
}
