import { describe, expect, it } from '@jest/globals';
import { UseCounter } from './use-counter';

describe('a count of use', () => {
  it('is told once, by partner, day and asset', () => {
    let nowMs = Date.parse('2026-05-04T23:59:00Z');
    const counter = new UseCounter(() => nowMs);
    counter.count('app', 'CHARGER:A', 'reads');
    counter.count('app', 'CHARGER:A', 'reads');
    counter.count('app', 'CHARGER:A', 'refusals');
    nowMs += 120_000;
    counter.count('app', 'CHARGER:A', 'commands');
    expect(counter.take()).toEqual([
      {
        partner: 'app',
        day: '2026-05-04',
        counts: [{ asset: 'CHARGER:A', reads: 2, commands: 0, refusals: 1 }],
      },
      {
        partner: 'app',
        day: '2026-05-05',
        counts: [{ asset: 'CHARGER:A', reads: 0, commands: 1, refusals: 0 }],
      },
    ]);
    expect(counter.take()).toEqual([]);
  });

  it('is not lost when it could not be told, and stays small whatever is asked for', () => {
    const counter = new UseCounter(() => 0);
    for (let number = 0; number < 3_000; number += 1)
      counter.count('app', `CHARGER:${String(number)}`, 'reads');
    const [taken] = counter.take();
    expect(taken?.counts).toHaveLength(2_001);
    counter.giveBack(taken!);
    counter.count('app', 'CHARGER:1', 'reads');
    const again = counter.take()[0]?.counts;
    expect(again?.find(({ asset }) => asset === 'CHARGER:1')?.reads).toBe(2);
    expect(again?.find(({ asset }) => asset === 'OTHERS')?.reads).toBe(1_000);
  });
});
