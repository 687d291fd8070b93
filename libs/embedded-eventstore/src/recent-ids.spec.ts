import { describe, expect, it } from '@jest/globals';
import { RecentIds } from './recent-ids';

describe('recent ids', () => {
  it('keeps at least the last generation, and never more than two', () => {
    const recent = new RecentIds(10);
    for (let n = 0; n < 95; n++) recent.add(`id-${n}`, n);
    const kept = Array.from({ length: 95 }, (_, n) => recent.positionOf(`id-${n}`)).filter(
      (at) => at != null,
    );
    expect(kept.length).toBeGreaterThanOrEqual(10);
    expect(kept.length).toBeLessThanOrEqual(20);
    expect(kept.at(-1)).toBe(94);
    expect(kept).toEqual(kept.map((_, index) => 94 - kept.length + 1 + index));
  });
});
