import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LeaseState } from './lease-shares.decide';
import { decideShares } from './lease-shares.decide';

const ALL = ['ledger', 'registry', 'placements', 'sessions'];

const leases = (mine: readonly string[], free: readonly string[]): LeaseState[] =>
  ALL.map((projection) => ({
    projection,
    isMine: mine.includes(projection),
    isFree: free.includes(projection),
  }));

describe('shares of the projections', () => {
  it('are all for one who is alone', () => {
    expect(decideShares(leases([], ALL), 1)).toEqual({ give: [], take: [...ALL].reverse() });
  });

  it('are given back from the end of the list when another one comes', () => {
    expect(decideShares(leases(ALL, []), 2)).toEqual({ give: ['placements', 'sessions'], take: [] });
  });

  it('are taken from the end of the list by the other one', () => {
    const free = ['placements', 'sessions'];
    expect(decideShares(leases([], free), 2)).toEqual({ give: [], take: ['sessions', 'placements'] });
  });

  it('are left where they are while all have theirs', () => {
    expect(decideShares(leases(['ledger', 'registry'], []), 2)).toEqual({ give: [], take: [] });
  });

  it('leave somebody in reserve when there are more projectors than projections', () => {
    expect(decideShares(leases([], []), 9)).toEqual({ give: [], take: [] });
    expect(decideShares(leases([], ALL), 9)).toEqual({ give: [], take: ['sessions'] });
  });

  it('settle with each projection kept by one process, whoever looks when, comes and goes', () => {
    const anyTurn = fc.record({ who: fc.nat({ max: 4 }), dies: fc.boolean() });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(anyTurn, { maxLength: 30 }), (count, turns) => {
        const kept = new Map<string, number>();
        const alive = new Set(Array.from({ length: count }, (_, who) => who));
        const look = (who: number) => {
          const states = ALL.map((projection) => ({
            projection,
            isMine: kept.get(projection) === who,
            isFree: !kept.has(projection),
          }));
          const { give, take } = decideShares(states, alive.size);
          for (const projection of give) kept.delete(projection);
          for (const projection of take) kept.set(projection, who);
        };
        for (const { who, dies } of turns) {
          if (!alive.has(who)) continue;
          if (!dies || alive.size === 1) look(who);
          else {
            alive.delete(who);
            for (const [projection, holder] of kept) if (holder === who) kept.delete(projection);
          }
        }
        for (let round = 0; round < 2; round += 1) for (const who of alive) look(who);
        const counts = [...alive].map((who) => [...kept.values()].filter((one) => one === who).length);
        expect(kept.size).toBe(ALL.length);
        expect(Math.max(...counts)).toBe(Math.ceil(ALL.length / alive.size));
      }),
    );
  });
});
