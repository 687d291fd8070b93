import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { PhaseAmps } from '../amps';
import { contention } from './contention';
import type { Claim } from './shares';
import { sharesOf } from './shares';
import { Story } from './story.fixtures';

const SET_UP = '2026-01-01T00:00:00.000Z';
const TEN = '2026-05-04T10:00:00.000Z';
const ALL = ['l1', 'l2', 'l3'] as const;

const perPhase = (amps: number): PhaseAmps => ({ l1: amps, l2: amps, l3: amps });

function claim(charger: string, minute: number, more: Partial<Claim> = {}): Claim {
  const since = `2026-05-04T09:${String(minute).padStart(2, '0')}:00.000Z`;
  return { charger, since, ceilingAmps: 32, lines: ALL, carriers: ['K'], ...more };
}

describe('shares of a circuit', () => {
  it.each<[why: string, capacityAmps: number, claims: Claim[], shares: Record<string, number>]>([
    [
      '15 A for three: two get 7.5 A, the last one waits',
      15,
      [claim('A', 1), claim('B', 2), claim('C', 3)],
      { A: 7.5, B: 7.5 },
    ],
    ['18 A for three', 18, [claim('A', 1), claim('B', 2), claim('C', 3)], { A: 6, B: 6, C: 6 }],
    [
      '20 A for three, rounded down',
      20,
      [claim('A', 1), claim('B', 2), claim('C', 3)],
      { A: 6.66, B: 6.66, C: 6.66 },
    ],
    ['5 A for one', 5, [claim('A', 1)], {}],
    [
      'who needs less leaves the rest to the others',
      32,
      [claim('A', 1, { ceilingAmps: 8 }), claim('B', 2)],
      { A: 8, B: 24 },
    ],
    ['who came last waits, whatever its name', 10, [claim('A', 2), claim('B', 1)], { B: 10 }],
    ['a ceiling under 6 A claims nothing', 15, [claim('A', 1, { ceilingAmps: 5 }), claim('B', 2)], { B: 15 }],
    [
      'one phase each',
      10,
      [claim('A', 1, { lines: ['l1'] }), claim('B', 2, { lines: ['l2'] })],
      { A: 10, B: 10 },
    ],
    ['one phase and three', 20, [claim('A', 1, { lines: ['l1'] }), claim('B', 2)], { A: 10, B: 10 }],
  ])('%s', (_why, capacityAmps, claims, shares) => {
    expect(Object.fromEntries(sharesOf(claims, new Map([['K', perPhase(capacityAmps)]])))).toEqual(shares);
  });

  it('keep to the circuits above as well: the others get what they leave', () => {
    const claims = [
      claim('A', 1, { carriers: ['K', 'M'] }),
      claim('B', 2, { carriers: ['K', 'M'] }),
      claim('C', 3, { carriers: ['M'] }),
    ];
    const capacities = new Map([
      ['K', perPhase(14)],
      ['M', perPhase(30)],
    ]);
    expect(Object.fromEntries(sharesOf(claims, capacities))).toEqual({ A: 7, B: 7, C: 16 });
  });

  it('never are more than there is, nor more than a ceiling, nor less than 6 A; what is left is of use to nobody', () => {
    const amps = fc.integer({ min: 0, max: 64 });
    const capacity = fc.record({ l1: amps, l2: amps, l3: amps });
    const claims = fc.array(
      fc.record({
        minute: fc.nat(59),
        ceilingAmps: fc.integer({ min: 0, max: 40 }),
        lines: fc.subarray([...ALL], { minLength: 1 }),
        carriers: fc.constantFrom(['K', 'M'], ['L', 'M'], ['M']),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(claims, capacity, capacity, capacity, (told, k, l, m) => {
        const all = told.map(({ minute, ...more }, index) => claim(`C${String(index)}`, minute, more));
        const capacities = new Map(Object.entries({ K: k, L: l, M: m }));
        const shares = sharesOf(all, capacities);
        for (const [carrier, most] of capacities)
          for (const line of ALL) {
            const drawn = all.filter((each) => each.carriers.includes(carrier) && each.lines.includes(line));
            const sum = drawn.reduce((total, { charger }) => total + (shares.get(charger) ?? 0), 0);
            expect(sum).toBeLessThanOrEqual(most[line] + 1e-6);
          }
        for (const { charger, ceilingAmps, carriers, lines } of all) {
          const share = shares.get(charger);
          if (share == null) continue;
          expect(share).toBeGreaterThanOrEqual(6);
          expect(share).toBeLessThanOrEqual(ceilingAmps);
          const isFull = carriers.some((carrier) =>
            lines.some((line) => {
              const drawn = all.filter(
                (each) => each.carriers.includes(carrier) && each.lines.includes(line),
              );
              const sum = drawn.reduce((total, each) => total + (shares.get(each.charger) ?? 0), 0);
              return capacities.get(carrier)![line] - sum < 0.2;
            }),
          );
          expect(isFull || ceilingAmps - share < 0.02).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('contention on a circuit', () => {
  /** X and Y on C, Z on its parent M. */
  function harbour(): Story {
    const story = new Story();
    const tell = (name: string, input: Record<string, unknown>) => {
      story.tell({ do: name, at: SET_UP, input });
    };
    tell('registerSite', { id: 'S', name: 'Harbour', timeZone: 'Europe/Oslo', ratedCurrentAmps: 63 });
    tell('addCircuit', { id: 'M', site: 'S', fuseRatingAmps: 32 });
    tell('addCircuit', { id: 'C', site: 'S', fuseRatingAmps: 20, parent: 'M' });
    for (const [serial, circuit] of Object.entries({ X: 'C', Y: 'C', Z: 'M' })) {
      tell('installBackplate', { id: `B${serial}`, circuit });
      tell('registerCharger', { serial, ratedCurrentAmps: 32 });
      tell('mountCharger', { charger: serial, backplate: `B${serial}` });
    }
    return story;
  }

  const look = (story: Story, circuit: string) =>
    contention(story.knowledgeOf('X'), circuit, ['X', 'Y', 'Z'], TEN);

  it('tells what all ceilings add up to, although nobody charges', () => {
    const { levels, isContended, shares } = look(harbour(), 'C');
    expect(isContended).toBe(false);
    expect(levels).toEqual([
      expect.objectContaining({
        ofId: 'C',
        capacityAmps: perPhase(20),
        ceilingsAmps: perPhase(40),
        isOversubscribed: true,
      }),
      expect.objectContaining({
        ofId: 'M',
        capacityAmps: perPhase(32),
        ceilingsAmps: perPhase(72),
        claimedAmps: perPhase(0),
      }),
      expect.objectContaining({ axis: 'SITE', ofId: 'S', capacityAmps: perPhase(63), isContended: false }),
    ]);
    expect(
      shares.map(({ charger, ceilingAmps, shareAmps, waits }) => [charger, ceilingAmps, shareAmps, waits]),
    ).toEqual([
      ['X', 20, undefined, false],
      ['Y', 20, undefined, false],
    ]);
  });

  it('tells the shares of those with a car; one on the parent claims its part there', () => {
    const story = harbour();
    story.tell({ do: 'setMaxCircuitCurrent', at: SET_UP, input: { circuit: 'M', amps: perPhase(15) } });
    ['X', 'Z', 'Y'].forEach((charger, index) => {
      story.tell({ observe: 'CAR_CONNECTED', at: `2026-05-04T09:0${String(index)}:00.000Z`, charger });
    });
    const { levels, isContended, shares } = look(story, 'C');
    expect(isContended).toBe(true);
    expect(levels.map(({ ofId, isContended: isHere }) => [ofId, isHere])).toEqual([
      ['C', true],
      ['M', true],
      ['S', false],
    ]);
    expect(
      shares.map(({ charger, ceilingAmps, shareAmps, waits }) => [charger, ceilingAmps, shareAmps, waits]),
    ).toEqual([
      ['X', 15, 7.5, false],
      ['Y', 15, 0, true],
    ]);
    expect(look(story, 'M').shares.map(({ charger, shareAmps }) => [charger, shareAmps])).toEqual([
      ['X', 7.5],
      ['Y', 0],
      ['Z', 7.5],
    ]);
  });
});
