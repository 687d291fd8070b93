import { describe, expect, it } from '@jest/globals';
import { partnerUse } from './use';

const count = (asset: string, reads: number, more: { commands?: number; refusals?: number } = {}) => ({
  asset,
  reads,
  commands: 0,
  refusals: 0,
  ...more,
});

describe('what a partner did', () => {
  it('adds up by day and asset, whoever counted it and in which order it is told', () => {
    const counted = [
      { day: '2026-05-05', counts: [count('CHARGER:A', 1)] },
      { day: '2026-05-04', counts: [count('CHARGER:A', 2), count('BOOK', 1)] },
      { day: '2026-05-04', counts: [count('CHARGER:A', 3, { commands: 1, refusals: 2 })] },
    ];
    expect(partnerUse(counted)).toEqual([
      { day: '2026-05-04', ...count('BOOK', 1), unusual: [] },
      { day: '2026-05-04', ...count('CHARGER:A', 5, { commands: 1, refusals: 2 }), unusual: [] },
      { day: '2026-05-05', ...count('CHARGER:A', 1), unusual: [] },
    ]);
  });

  it.each([
    ['an asset that was never touched before', [['A', 5]], [['B', 5]], ['NEW_ASSET']],
    ['very much of it at once', [['A', 5]], [['B', 500]], ['NEW_ASSET', 'SUDDEN_VOLUME']],
    ['five times as much as ever', [['A', 100]], [['A', 501]], ['SUDDEN_VOLUME']],
    ['what is much, and always was', [['A', 400]], [['A', 900]], []],
    ['little more than nothing', [['A', 1]], [['A', 150]], []],
  ] as const)('is looked at again: %s', (_why, before, then, unusual) => {
    const day = (name: string, counts: readonly (readonly [string, number])[]) => ({
      day: name,
      counts: counts.map(([asset, reads]) => count(asset, reads)),
    });
    const told = partnerUse([day('2026-05-04', before), day('2026-05-05', then)]);
    expect(told.at(-1)?.unusual).toEqual(unusual);
  });
});
