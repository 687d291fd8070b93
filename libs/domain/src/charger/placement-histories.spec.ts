import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { reservationsOf } from '../backplate/backplate';
import { atMinute, late, verdictOn } from '../book.fixtures';
import { asIfRecorded } from '../decision';
import { dismounted, mounted } from '../events.fixtures';
import { spanContains, spansOverlap } from '../time';
import type { Stay } from './placements';
import { staysOf } from './placements';
import { dismount, mount, relocate, Yard } from './yard.fixtures';

describe('moves by chance, told in any order', () => {
  const CHARGERS = ['C1', 'C2', 'C3'];
  const PLACES = ['P', 'Q'];
  const chance = fc.record({
    minute: fc.integer({ min: 0, max: 12 }),
    kind: fc.constantFrom(
      'mount',
      'mount',
      'relocate',
      'relocate',
      'dismount',
      'dismount',
      'retire',
      'remove',
    ),
    charger: fc.constantFrom(...CHARGERS),
    place: fc.constantFrom(...PLACES),
  });
  type Chance = typeof chance extends fc.Arbitrary<infer T> ? T : never;
  const chances = fc.array(chance, { minLength: 5, maxLength: 18 });
  const newYard = () => new Yard(CHARGERS, PLACES, atMinute(0));

  const commandOf = ({ kind, charger, place }: Chance) =>
    kind === 'dismount'
      ? dismount(charger)
      : kind === 'mount'
        ? mount(charger, place)
        : relocate(charger, place);

  /** Does what can be done of it. */
  function attempt(yard: Yard, each: Chance): void {
    const when = late(atMinute(each.minute));
    if (each.kind === 'retire') yard.retire(each.charger, when);
    else if (each.kind === 'remove') yard.remove(each.place, when);
    else yard.move(commandOf(each), when);
  }

  /** What breaks the rules of placement: no more than one charger on a place and one place for a charger, nothing on what is gone. */
  function clashes(yard: Yard, stays: readonly Stay[]): string[] {
    const pairs = stays.flatMap((a, index) => stays.slice(index + 1).map((b): [Stay, Stay] => [a, b]));
    const overlaps = pairs.filter(
      ([a, b]) => (a.charger === b.charger || a.backplate === b.backplate) && spansOverlap(a, b),
    );
    const outliving = stays.filter(({ charger, backplate, from, until }) =>
      [yard.charger(charger).head.retiredAt, yard.place(backplate).head.removedAt].some(
        (gone) => gone != null && from !== until && (until == null || until > gone),
      ),
    );
    return [...overlaps.flat(), ...outliving].map(
      ({ charger, backplate, from }) => `${charger} on ${backplate} at ${from}`,
    );
  }

  it('never put two on one place or one on two, nor leave anything on what is gone, and reserve every stay', () => {
    fc.assert(
      fc.property(chances, (all) => {
        const yard = newYard();
        for (const each of all) {
          attempt(yard, each);
          const stays = yard.stays();
          expect(CHARGERS.flatMap((serial) => staysOf(yard.charger(serial).facts).doubleMounts)).toEqual([]);
          expect(clashes(yard, stays)).toEqual([]);
          for (const stay of stays) {
            const reservations = reservationsOf(yard.place(stay.backplate).recorded);
            const held = reservations.filter(
              ({ charger, from, until }) =>
                charger === stay.charger &&
                from <= stay.from &&
                (until == null || (stay.until != null && stay.until <= until)),
            );
            // A stay that ends where it starts needs no place.
            expect(held.length > 0 || stay.from === stay.until).toBe(true);
          }
        }
      }),
    );
  });

  it('have at each instant at most one charger on each place', () => {
    fc.assert(
      fc.property(chances, (all) => {
        const yard = newYard();
        for (const each of all) attempt(yard, each);
        for (let minute = 0; minute <= 13; minute++) {
          const hanging = CHARGERS.flatMap(
            (serial) => yard.charger(serial).asOf(atMinute(minute)).mounting?.backplate ?? [],
          );
          expect(new Set(hanging).size).toBe(hanging.length);
          const there = yard.stays().filter((stay) => spanContains(stay, atMinute(minute)));
          expect(there.map(({ backplate }) => backplate).sort()).toEqual(hanging.sort());
        }
      }),
    );
  });

  it('gain one stay at most, at the place that is named and from the instant that is told', () => {
    fc.assert(
      fc.property(chances, chance, (all, next) => {
        const yard = newYard();
        for (const each of all) attempt(yard, each);
        const decision = yard.decide(commandOf(next), late(atMinute(next.minute)));
        if (decision.refused) return;
        const expected = decision.events.some(({ type }) => type === 'ChargerMounted')
          ? [[next.charger, next.place, atMinute(next.minute)]]
          : [];
        expect(decision.gained.map(({ charger, backplate, from }) => [charger, backplate, from])).toEqual(
          expected,
        );
      }),
    );
  });

  it('are refused for a clash only where there would be one', () => {
    fc.assert(
      fc.property(chances, chance, (all, next) => {
        const yard = newYard();
        for (const each of all) attempt(yard, each);
        const when = late(atMinute(next.minute));
        const code = verdictOn(yard.decide(commandOf(next), when));
        if (code !== 'PLACEMENT_OVERLAP' && code !== 'BACKPLATE_OCCUPIED') return;
        const life = yard.charger(next.charger);
        const { mounting } = life.asOf(when.occurredAt);
        const events = [
          ...(mounting == null ? [] : [dismounted(mounting.backplate, next.charger)]),
          mounted(next.place, next.charger),
        ];
        const { stays, doubleMounts } = staysOf(life.with(asIfRecorded(events, when)).facts);
        const others = yard.stays().filter(({ charger }) => charger !== next.charger);
        expect(doubleMounts.length + clashes(yard, [...others, ...stays]).length).toBeGreaterThan(0);
      }),
    );
  });
});
