import type { LimitSegment, SourceSpan } from '@chargebook/domain';
import { instantOf } from '@chargebook/domain';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { WholeSegments, WholeSources } from './limit-spans';

const hour = (nth: number) => instantOf(Date.UTC(2026, 0, 1, nth));
const admin = { kind: 'ADMIN', id: 'admin' } as const;

/** Hours in which the limit, and a second source beside the binding one, have some values. */
function timelineOf(values: readonly { amps: number; beside?: number }[]): LimitSegment[] {
  return values.map(({ amps, beside }, nth) => ({
    from: hour(nth),
    to: hour(nth + 1),
    amps,
    offeredAmps: amps,
    phases: 3,
    behaviour: 'CHARGING_ALLOWED',
    binding: ['MAX_CHARGER'],
    sources: [
      source('MAX_CHARGER', amps, nth),
      ...(beside == null ? [] : [source('MAX_CIRCUIT', beside, nth)]),
    ],
  }));
}

function source(kind: SourceSpan['kind'], amps: number, nth: number): SourceSpan {
  const axis = kind === 'MAX_CHARGER' ? 'CHARGER' : 'CIRCUIT';
  const value = { l1: amps, l2: amps, l3: amps };
  return {
    kind,
    axis,
    ofId: 'X',
    amps: value,
    setBy: admin,
    eventId: String(amps),
    from: hour(nth),
    to: hour(nth + 1),
  };
}

function told(segments: readonly LimitSegment[]) {
  const [whole, sources] = [new WholeSegments(), new WholeSources()];
  const lines: string[] = [];
  const tell = (segment: LimitSegment) => {
    for (const { kind, eventId, from, to } of sources.add(segment))
      lines.push([kind, eventId, from, to].join(' '));
    lines.push(['EFFECTIVE', String(segment.amps), segment.from, segment.to].join(' '));
  };
  for (const segment of segments) whole.add(segment).forEach(tell);
  whole.end().forEach(tell);
  for (const { kind, eventId, from, to } of sources.end()) lines.push([kind, eventId, from, to].join(' '));
  return lines;
}

describe('limits of a report', () => {
  it('tell each value and each source once, from its beginning to its end', () => {
    const lines = told(
      timelineOf([
        { amps: 10, beside: 20 },
        { amps: 10, beside: 20 },
        { amps: 16, beside: 20 },
        { amps: 16 },
      ]),
    );
    expect(lines).toEqual([
      `EFFECTIVE 10 ${hour(0)} ${hour(2)}`,
      `MAX_CHARGER 10 ${hour(0)} ${hour(2)}`,
      `EFFECTIVE 16 ${hour(2)} ${hour(4)}`,
      `MAX_CIRCUIT 20 ${hour(0)} ${hour(3)}`,
      `MAX_CHARGER 16 ${hour(2)} ${hour(4)}`,
    ]);
  });

  it('tell all hours of each source, once', () => {
    const value = fc.record({
      amps: fc.integer({ min: 6, max: 8 }),
      beside: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(value, { maxLength: 20 }), (values) => {
        const hours = (lines: readonly string[], kind: string) =>
          lines
            .map((line) => line.split(' '))
            .filter(([told]) => told === kind)
            .flatMap(([, amps, from = '', to = '']) => {
              const [first, last] = [from, to].map((at) => (Date.parse(at) - Date.UTC(2026)) / 3_600_000);
              return Array.from(
                { length: (last ?? 0) - (first ?? 0) },
                (_, nth) => `${String((first ?? 0) + nth)} ${amps!}`,
              );
            })
            .sort();
        const lines = told(timelineOf(values));
        expect(hours(lines, 'EFFECTIVE')).toEqual(
          values.map(({ amps }, nth) => `${String(nth)} ${String(amps)}`).sort(),
        );
        expect(hours(lines, 'MAX_CIRCUIT')).toEqual(
          values
            .flatMap(({ beside }, nth) => (beside == null ? [] : [`${String(nth)} ${String(beside)}`]))
            .sort(),
        );
      }),
    );
  });
});
