import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { backplateEvolution } from '../backplate/backplate';
import type { BackplateState } from '../backplate/backplate';
import { at, fact, late, moment } from '../book.fixtures';
import type { ChargerState } from '../charger/charger';
import { chargerEvolution } from '../charger/charger';
import type { Stay } from '../charger/placements';
import { staysOf } from '../charger/placements';
import { asIfRecorded } from '../decision';
import { chargerRegistered, installed } from '../events.fixtures';
import { Lifeline } from '../facts/lifeline';
import { spansOverlap } from '../time';
import { claimsOn, factsOfMove } from './relocation';
import type { RelocationKnowledge } from './relocation.decide';
import { decideRelocations, MOST_MOVES } from './relocation.decide';

type Hung = Readonly<Record<string, string | undefined>>;

const PLACES = ['P', 'Q', 'R', 'T'];

/** Chargers that hang on places since eight o'clock, or nowhere. */
function yard(hung: Hung): RelocationKnowledge {
  const chargers = new Map<string, Lifeline<ChargerState>>();
  const backplates = new Map<string, Lifeline<BackplateState>>();
  const stays = new Map<string, Stay[]>();
  for (const place of PLACES) {
    const there = fact({ event: installed(place, 'K'), at: at('06:00') });
    backplates.set(place, Lifeline.of(backplateEvolution, [there]));
    stays.set(place, []);
  }
  for (const [charger, backplate] of Object.entries(hung)) {
    const registered = fact({ event: chargerRegistered({ charger }), at: at('06:00'), bookOrder: 1 });
    const mounted =
      backplate == null
        ? []
        : [
            fact({
              event: { type: 'ChargerMounted', data: { charger, backplate } },
              at: at('08:00'),
              bookOrder: 2,
            }),
          ];
    const life = Lifeline.of(chargerEvolution, [registered, ...mounted]);
    chargers.set(charger, life);
    for (const stay of staysOf(life.facts).stays) stays.get(stay.backplate)?.push(stay);
  }
  return { chargers, backplates, stays };
}

const moves = (...pairs: readonly (readonly [string, string])[]) => ({
  type: 'relocateChargers' as const,
  moves: pairs.map(([charger, backplate]) => ({ charger, backplate })),
});

describe('several moves', () => {
  it('may swap places', () => {
    const decision = decideRelocations(moves(['A', 'Q'], ['B', 'P']), yard({ A: 'P', B: 'Q' }), moment());
    expect(decision).toMatchObject({
      moves: [
        { charger: 'A', gained: [{ backplate: 'Q' }] },
        { charger: 'B', gained: [{ backplate: 'P' }] },
      ],
    });
  });

  it('may take a place that another one leaves, and hang up what hung nowhere', () => {
    const decision = decideRelocations(
      moves(['A', 'Q'], ['B', 'R'], ['C', 'P']),
      yard({ A: 'P', B: 'Q', C: undefined }),
      moment(),
    );
    expect(decision.refused).toBeUndefined();
  });

  it('are refused for one whose place is not left', () => {
    const decision = decideRelocations(
      moves(['A', 'Q'], ['C', 'R']),
      yard({ A: 'P', B: 'Q', C: 'T' }),
      moment(),
    );
    expect(decision).toMatchObject({ code: 'BACKPLATE_OCCUPIED', details: { move: 0, charger: 'B' } });
  });

  it('are refused for one that comes before the other had come there', () => {
    const known = yard({ A: 'P', B: 'Q' });
    const early = decideRelocations(moves(['B', 'P']), known, late('07:00'));
    expect(early).toMatchObject({ code: 'PLACEMENT_OVERLAP', details: { move: 0 } });
  });

  it.each([0, MOST_MOVES + 1])('are refused where there are %d', (count) => {
    const many = moves(...Array.from({ length: count }, (_, n) => [`C${String(n)}`, 'P'] as const));
    expect(decideRelocations(many, yard({}), moment())).toMatchObject({ code: 'OUT_OF_RANGE' });
  });

  it('come out as if each place had one at every instant, whatever is asked', () => {
    const serials = ['A', 'B', 'C'];
    const hung = fc.shuffledSubarray([...PLACES, '-', '-'], { minLength: 3, maxLength: 3 });
    const asked = fc.array(fc.tuple(fc.constantFrom(...serials), fc.constantFrom(...PLACES)), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(hung, asked, (places, pairs) => {
        const known = yard(
          Object.fromEntries(serials.map((serial, n) => [serial, places[n] === '-' ? undefined : places[n]])),
        );
        const decision = decideRelocations(moves(...pairs), known, moment());
        if (decision.refused) return;
        const after = serials.flatMap((serial) => {
          const life = known.chargers.get(serial)!;
          const move = decision.moves.find(({ charger }) => charger === serial);
          return staysOf(life.with(asIfRecorded(move?.events ?? [], moment())).facts).stays;
        });
        for (const [index, stay] of after.entries())
          for (const other of after.slice(index + 1))
            expect(stay.backplate === other.backplate && spansOverlap(stay, other)).toBe(false);
      }),
    );
  });
});

describe('what a plan tells', () => {
  it('is each move as facts of its charger, told as the plan was', () => {
    const { metadata } = fact({ event: chargerRegistered({ charger: 'A' }), at: at('10:00') });
    const dismounted = { eventId: 'd', backplate: 'P', destination: 'TRANSIT' as const };
    const facts = factsOfMove(
      { metadata },
      { charger: 'A', backplate: 'Q', decidedOn: 3, mounted: 'm', dismounted },
    );
    expect(facts).toMatchObject({
      dismounted: {
        eventId: 'd',
        type: 'ChargerDismounted',
        data: { charger: 'A', backplate: 'P' },
        metadata,
      },
      mounted: { eventId: 'm', type: 'ChargerMounted', data: { charger: 'A', backplate: 'Q' }, metadata },
    });
  });

  it('holds a charger until it is released', () => {
    const held = { type: 'ChargerReserved', data: { charger: 'A', relocation: 'r', plan: 'p' } };
    const other = { type: 'ChargerReserved', data: { charger: 'A', relocation: 'r', plan: 'q' } };
    const released = { type: 'ChargerReleased', data: { charger: 'A', relocation: 'r', plan: 'p' } };
    expect(claimsOn([held, other, released])).toEqual([{ relocation: 'r', plan: 'q' }]);
  });
});
