import { describe, expect, it } from '@jest/globals';
import type { Segment } from './steps';
import { sourcesAbove, stepsOf, topAmpsOf } from './steps';

const [from, to] = ['2026-05-04T10:00:00.000Z', '2026-05-04T12:00:00.000Z'];
const alike = (amps: number) => ({ l1: amps, l2: amps, l3: amps });
const segment = (amps: number | null, sources: readonly [Segment['binding'][number], number][]): Segment => ({
  from,
  to,
  amps,
  binding: sources.filter(([, each]) => each === amps).map(([kind]) => kind),
  sources: sources.map(([kind, each]) => ({ kind, ofId: 'x', from, to, amps: alike(each) })),
});

describe('the chart of a limit', () => {
  it('ends where there is something to see, and names what is higher', () => {
    const steps = stepsOf([
      segment(16, [
        ['SITE_RATED', 200],
        ['CIRCUIT_FUSE', 32],
        ['MAX_CHARGER', 16],
      ]),
    ]);
    expect(topAmpsOf(steps)).toBe(32);
    expect(sourcesAbove(steps, 32)).toEqual([{ kind: 'SITE_RATED', amps: 200 }]);
  });

  it('has room above 0 A, and all sources where they are near', () => {
    const paused = stepsOf([segment(0, [['CHARGE_PLAN', 0]])]);
    expect(topAmpsOf(paused)).toBe(8);
    const near = stepsOf([
      segment(16, [
        ['CIRCUIT_FUSE', 20],
        ['MAX_CHARGER', 16],
      ]),
    ]);
    expect(topAmpsOf(near)).toBeCloseTo(22);
    expect(sourcesAbove(near, topAmpsOf(near))).toEqual([]);
  });
});
