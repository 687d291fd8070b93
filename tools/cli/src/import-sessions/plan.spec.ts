import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RecordedPlacement } from '../book-client';
import { Lanes } from './lanes';
import type { KnownThings, Plan } from './plan';
import { nothingKnown, planImport } from './plan';
import { reconcile } from './reconcile';
import { rowOf } from './session-row.fixtures';

const hourMs = 3_600_000;

/** A lane's steps in short: the hour, what is done, and to which charger where. */
function stepsOf(plan: Plan): string[][] {
  return plan.lanes.map((lane) =>
    lane.map((step) =>
      step.kind === 'MOVE'
        ? `${step.atMs / hourMs} ${step.how} ${step.charger} ${step.backplate}`
        : `${step.row.startedAtMs / hourMs} SESSION ${step.row.charger}`,
    ),
  );
}

/** A book that has charger C at the given places, with the sites S and T. */
function knownWith(placements: RecordedPlacement[]): KnownThings {
  return {
    sites: new Set(['S', 'T']),
    circuits: new Map([['S-circuit', 'S']]),
    backplates: new Map(),
    chargers: new Map([['C', { placements, sessions: [] }]]),
  };
}

describe('on an empty book', () => {
  it('everything is registered since its first appearance, and mounted before its sessions', () => {
    const rows = [
      rowOf({ charger: 'D', from: 5, to: 6 }),
      rowOf({ from: 3, to: 4 }),
      rowOf({ from: 7, to: 8 }),
    ];
    const plan = planImport(rows, nothingKnown());

    expect(plan.missing.sites).toEqual(new Map([['S', { name: 'S', sinceMs: 3 * hourMs }]]));
    expect([...plan.missing.circuits.keys()]).toEqual(['S-circuit']);
    expect([...plan.missing.backplates.keys()]).toEqual(['S-C', 'S-D']);
    expect(plan.missing.chargers.get('D')).toEqual({ sinceMs: 5 * hourMs });
    expect(stepsOf(plan)).toEqual([
      ['3 MOUNT C S-C', '3 SESSION C', '7 SESSION C'],
      ['5 MOUNT D S-D', '5 SESSION D'],
    ]);
    expect([plan.relocationCount, plan.sessionCount]).toEqual([0, 3]);
  });

  it('a charger at another site is relocated, and returns to its former place', () => {
    const rows = ['S', 'T', 'T', 'S'].map((site, i) => rowOf({ site, from: i * 2, to: i * 2 + 1 }));
    const plan = planImport(rows, nothingKnown());

    expect(stepsOf(plan)).toEqual([
      [
        '0 MOUNT C S-C',
        '0 SESSION C',
        '2 RELOCATE C T-C',
        '2 SESSION C',
        '4 SESSION C',
        '6 RELOCATE C S-C',
        '6 SESSION C',
      ],
    ]);
    expect(plan.relocationCount).toBe(2);
  });
});

describe('with a day since when things are there', () => {
  const rows = [rowOf({ from: 5, to: 6 }), rowOf({ site: 'T', from: 7, to: 8 })];

  it('new chargers hang at their one place since then, and move when the file shows it', () => {
    const plan = planImport(rows, nothingKnown(), hourMs);
    expect(stepsOf(plan)).toEqual([['1 MOUNT C S-C', '5 SESSION C', '7 RELOCATE C T-C', '7 SESSION C']]);
    expect([...plan.missing.sites.values()].map(({ sinceMs }) => sinceMs)).toEqual([hourMs, hourMs]);
  });

  it('nothing changes for what is there earlier, for known chargers and for places that the file names', () => {
    expect(stepsOf(planImport(rows, nothingKnown(), 6 * hourMs))[0]?.[0]).toBe('5 MOUNT C S-C');
    expect(stepsOf(planImport(rows, knownWith([]), hourMs))[0]?.[0]).toBe('5 MOUNT C S-C');
    const named = [rowOf({ backplate: 'P', from: 5, to: 6 })];
    expect(stepsOf(planImport(named, nothingKnown(), hourMs))[0]?.[0]).toBe('5 MOUNT C P');
  });
});

describe('on a book that knows the charger', () => {
  it('it stays where the book has it in that site', () => {
    const plan = planImport(
      [rowOf({ from: 5, to: 6 })],
      knownWith([{ backplate: 'wall', site: 'S', fromMs: 0 }]),
    );
    expect(stepsOf(plan)).toEqual([['5 SESSION C']]);
    expect([plan.missing.backplates.size, plan.missing.chargers.size]).toEqual([0, 0]);
  });

  it('it returns to the place where the book had it, rather than to a new one', () => {
    const placements = [
      { backplate: 'wall', site: 'S', fromMs: 0, untilMs: hourMs },
      { backplate: 'other', site: 'T', fromMs: hourMs },
    ];
    const plan = planImport([rowOf({ from: 5, to: 6 })], knownWith(placements));
    expect(stepsOf(plan)).toEqual([['5 RELOCATE C wall', '5 SESSION C']]);
    expect(plan.missing.backplates.size).toBe(0);
  });

  it('in the store it is mounted again', () => {
    const placements = [{ backplate: 'wall', site: 'S', fromMs: 0, untilMs: hourMs }];
    const plan = planImport([rowOf({ from: 5, to: 6 })], knownWith(placements));
    expect(stepsOf(plan)).toEqual([['5 MOUNT C wall', '5 SESSION C']]);
    expect(plan.relocationCount).toBe(0);
  });

  it('a session before its first known placement asks for an earlier mount there', () => {
    const placements = [{ backplate: 'wall', site: 'S', fromMs: 9 * hourMs }];
    const plan = planImport([rowOf({ from: 5, to: 6 }), rowOf({ from: 10, to: 11 })], knownWith(placements));
    expect(stepsOf(plan)).toEqual([['5 MOUNT C wall', '5 SESSION C', '10 SESSION C']]);
  });
});

describe('places that the file names', () => {
  it('change hands: the former charger is taken down first, and both share a lane', () => {
    const rows = [
      rowOf({ charger: 'C', backplate: 'P', from: 0, to: 1 }),
      rowOf({ charger: 'D', backplate: 'Q', from: 0, to: 1 }),
      rowOf({ charger: 'D', backplate: 'P', from: 2, to: 3 }),
      rowOf({ charger: 'C', backplate: 'Q', from: 4, to: 5 }),
    ];
    const plan = planImport(rows, nothingKnown());

    expect(stepsOf(plan)).toEqual([
      [
        '0 MOUNT C P',
        '0 SESSION C',
        '0 MOUNT D Q',
        '0 SESSION D',
        '2 DISMOUNT C P',
        '2 RELOCATE D P',
        '2 SESSION D',
        '4 MOUNT C Q',
        '4 SESSION C',
      ],
    ]);
    expect(plan.relocationCount).toBe(2);
  });

  it('are not taken from a charger with a car, planned or recorded', () => {
    const rows = [
      rowOf({ charger: 'E', backplate: 'P', from: 0, to: 4 }),
      rowOf({ charger: 'D', backplate: 'P', from: 2, to: 3, line: 7 }),
      rowOf({ charger: 'C', site: 'T', backplate: 'Q', from: 9, to: 10 }),
      rowOf({ charger: 'D', backplate: 'wall', from: 6, to: 7, line: 8 }),
    ];
    const known = knownWith([{ backplate: 'wall', site: 'S', fromMs: 0 }]);
    known.chargers.get('C')?.sessions.push({ id: 'live', startedAtMs: 5 * hourMs, endedAtMs: 7 * hourMs });
    const plan = planImport(rows, known);
    expect(plan.rejects.map(({ line, reason }) => `${line} ${reason}`)).toEqual([
      '7 BACKPLATE_OCCUPIED',
      '8 BACKPLATE_OCCUPIED',
    ]);
  });

  it.each([
    ['a circuit in two sites', [{ circuit: 'K' }, { circuit: 'K', site: 'T' }], 'circuit K is in site S'],
    [
      'a backplate in two sites',
      [{ backplate: 'P' }, { backplate: 'P', site: 'T' }],
      'backplate P is in site S',
    ],
    [
      'a backplate on two circuits',
      [
        { backplate: 'P', circuit: 'K' },
        { backplate: 'P', circuit: 'L' },
      ],
      'backplate P is on circuit K',
    ],
    [
      "a circuit in another site than the book's",
      [{ circuit: 'S-circuit', site: 'T' }],
      'circuit S-circuit is in site S',
    ],
  ])('%s is a reject', (_, places, message) => {
    const rows = places.map((place, i) => rowOf({ ...place, charger: `C${i}`, from: i * 2, to: i * 2 + 1 }));
    const plan = planImport(rows, knownWith([]));
    expect(plan.rejects).toMatchObject([{ reason: 'PLACE_CONFLICT', message }]);
    expect(plan.sessionCount).toBe(rows.length - 1);
  });
});

describe('any plan', () => {
  const some = fc.record({
    charger: fc.constantFrom('C', 'D', 'E'),
    site: fc.constantFrom('S', 'T'),
    backplate: fc.option(fc.constantFrom('1', '2'), { nil: undefined }),
    from: fc.nat(40),
    length: fc.nat(4),
  });

  it('has every session with its charger alone on the right place, in order of time within each lane', () => {
    fc.assert(
      fc.property(fc.array(some, { maxLength: 25 }), (drawn) => {
        const rows = drawn.map(({ length, backplate, ...row }, i) =>
          // A backplate is in one site, so its name begins with that.
          rowOf({ ...row, backplate: backplate && row.site + backplate, to: row.from + length, line: i + 2 }),
        );
        const fresh = ['C', 'D', 'E'].flatMap(
          (charger) =>
            reconcile(
              rows.filter((row) => row.charger === charger),
              [],
            ).fresh,
        );
        const plan = planImport(fresh, nothingKnown());
        expect(plan.sessionCount + plan.rejects.length).toBe(fresh.length);
        const hangsOn = new Map<string, string>();
        for (const lane of plan.lanes) {
          let lastMs = 0;
          for (const step of lane) {
            const atMs = step.kind === 'MOVE' ? step.atMs : step.row.startedAtMs;
            expect(atMs).toBeGreaterThanOrEqual(lastMs);
            lastMs = atMs;
            if (step.kind === 'MOVE' && step.how === 'DISMOUNT') hangsOn.delete(step.charger);
            else if (step.kind === 'MOVE') {
              expect(hangsOn.has(step.charger)).toBe(step.how === 'RELOCATE');
              hangsOn.set(step.charger, step.backplate);
            } else {
              const { charger, backplate, site } = step.row;
              const place = hangsOn.get(charger);
              expect(place?.startsWith(site)).toBe(true);
              if (backplate != null) expect(place).toBe(backplate);
            }
          }
          const taken = [...hangsOn.values()];
          expect(new Set(taken).size).toBe(taken.length);
        }
      }),
    );
  });
});

describe('lanes', () => {
  it('keep the order of what belongs together, also when that shows late', () => {
    const lanes = new Lanes<number>();
    lanes.add('a', 1);
    lanes.add('b', 2);
    lanes.add('c', 3);
    lanes.add('a', 4);
    lanes.connect('a', 'x');
    lanes.connect('c', 'x');
    lanes.add('x', 5);
    expect(lanes.all()).toEqual([[1, 3, 4, 5], [2]]);
  });
});
