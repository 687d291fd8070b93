import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DomainEvent, Evolution, Fact } from '@chargebook/domain';
import { AccessScope } from '../access/access-scope';
import {
  backplateEvolution,
  chargerEvolution,
  circuitEvolution,
  Lifeline,
  siteEvolution,
} from '@chargebook/domain';
import fc from 'fast-check';
import type { TestBook } from '../book.fixtures';
import { startBook } from '../book.fixtures';
import type { Untold } from '../facts.fixtures';
import {
  at,
  chargerRegistered,
  circuitAdded,
  fact,
  installed,
  replacement,
  retraction,
  rewired,
  siteRegistered,
} from '../facts.fixtures';
import { time } from '../life.fixtures';
import { SettingsQueries } from './settings.queries';

const LAST_TICK = 12;

/** What can be set on a thing, each with a value that tells it from others. */
type Setting = (id: string, value: number) => DomainEvent;

const ofCharger: readonly Setting[] = [
  (charger, n) => ({ type: 'PhaseModeSet', data: { charger, mode: 'LOCKED_1', singlePhase: 1 + (n % 3) } }),
  (charger) => ({ type: 'PhaseModeSet', data: { charger, mode: 'LOCKED_3' } }),
  (charger, n) => ({ type: 'MaxChargerCurrentSet', data: { charger, amps: n === 0 ? undefined : n - 1 } }),
  (charger) => ({ type: 'ChargerEnabled', data: { charger } }),
  (charger) => ({ type: 'ChargerDisabled', data: { charger } }),
  (charger, n) => ({
    type: 'ChargerProtocolSet',
    data: { charger, protocol: n % 2 === 0 ? 'OCPP' : 'NATIVE' },
  }),
  (charger, n) => ({
    type: 'ChargerControlTransferred',
    data: { charger, operator: `operator-${String(n)}` },
  }),
  (charger, n) => ({
    type: 'ChargePlanSet',
    data: { charger, kind: 'RECURRING', timeZone: 'Europe/Oslo', enabled: n % 2 === 0, windows: [] },
  }),
  (charger) => ({ type: 'ChargePlanRemoved', data: { charger } }),
  (charger) => ({ type: 'PowerLost', data: { charger } }),
  (charger) => ({ type: 'PowerRestored', data: { charger } }),
  (charger) => ({ type: 'ChargerRetired', data: { charger } }),
];
const ofCircuit: readonly Setting[] = [
  (circuit, n) => ({ type: 'CircuitFuseRatingSet', data: { circuit, amps: n === 0 ? undefined : n } }),
  (circuit, n) => ({ type: 'MaxCircuitCurrentSet', data: { circuit, amps: { l1: n, l2: 0, l3: n } } }),
  (circuit) => ({ type: 'OfflineFallbackCurrentSet', data: { circuit, amps: undefined } }),
  (circuit, n) => ({ type: 'OfflineFallbackCurrentSet', data: { circuit, amps: { l1: n, l2: n, l3: 6 } } }),
  (circuit, n) => ({ type: 'PrimaryBackplateDesignated', data: { circuit, backplate: `p${String(n)}` } }),
  (circuit) => ({ type: 'CircuitRetired', data: { circuit } }),
];
const ofSite: readonly Setting[] = [
  (site, n) => ({ type: 'SiteRenamed', data: { site, name: `Name ${String(n)}` } }),
  (site, n) => ({ type: 'SiteRatedCurrentSet', data: { site, amps: n === 0 ? undefined : n } }),
  (site) => ({ type: 'SiteTimeZoneSet', data: { site, timeZone: 'Asia/Tokyo' } }),
  (site, n) => ({ type: 'SiteAddressCorrected', data: { site, address: `Quay ${String(n)}` } }),
  (site, n) => ({ type: 'SiteControlTransferred', data: { site, operator: `operator-${String(n)}` } }),
  (site) => ({ type: 'SiteRetired', data: { site } }),
];
const ofBackplate: readonly Setting[] = [
  (backplate, n) => rewired(backplate, 'k', `k${String(n)}`),
  (backplate) => ({ type: 'BackplateRemoved', data: { backplate } }),
];

const steps = fc.array(
  fc.record({
    what: fc.nat(99),
    value: fc.nat(7),
    tick: fc.integer({ min: 1, max: LAST_TICK }),
    deviceSequence: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
    how: fc.constantFrom('told', 'told', 'told', 'retracted', 'replaced'),
  }),
  { maxLength: 25, size: 'max' },
);
type Step = typeof steps extends fc.Arbitrary<(infer Value)[]> ? Value : never;

/** The facts about one thing, from what was set, retracted and replaced. */
function factsOf(
  id: string,
  first: DomainEvent,
  settings: readonly Setting[],
  told: readonly Step[],
): Untold[] {
  const facts = [fact('10:00', first)];
  const corrected = new Set<string>();
  for (const { what, value, tick, deviceSequence, how } of told) {
    const event = settings[what % settings.length]!(id, value);
    if (how === 'told') {
      facts.push(fact(time(tick), event, { deviceSequence }));
      continue;
    }
    const wrong = facts
      .slice(1)
      .filter(({ type, eventId }) => !type.startsWith('Fact') && !corrected.has(eventId));
    const one = wrong[what % Math.max(wrong.length, 1)];
    if (one == null) continue;
    corrected.add(one.eventId);
    const by = { occurredAt: time(1 + ((tick + value) % LAST_TICK)) };
    facts.push(how === 'retracted' ? retraction(time(tick), one) : replacement(time(tick), one, by));
  }
  return facts;
}

describe('settings as of an instant, known at a sequence', () => {
  let book: TestBook;
  let settings: SettingsQueries;
  let told = 0;

  beforeAll(async () => {
    book = await startBook();
    settings = new SettingsQueries(book.database, AccessScope.wholeBook(book.database));
  });

  afterAll(() => book.stop());

  it('are what the facts say, of whichever thing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(steps, steps, steps, steps),
        fc.integer({ min: 0, max: LAST_TICK }),
        fc.nat(99),
        async ([forCharger, forCircuit, forSite, forBackplate], tick, part) => {
          const id = `s${String((told += 1))}`;
          const lives = {
            charger: factsOf(id, chargerRegistered(id, { phaseMode: 'LOCKED_1' }), ofCharger, forCharger),
            circuit: factsOf(id, circuitAdded(id, 'S', { fuseRatingAmps: 32 }), ofCircuit, forCircuit),
            site: factsOf(id, siteRegistered(id), ofSite, forSite),
            backplate: factsOf(id, installed(id, 'k', 'by the gate'), ofBackplate, forBackplate),
          };
          const all = Object.values(lives).flat();
          const head = await book.tell(...all);
          const cut = head - Math.floor((all.length * part) / 100);
          const asOf = { at: at(time(tick)), cut };
          const expected = <State>(evolution: Evolution<State>, facts: readonly Untold[]) => {
            const numbered = facts.map((one) => {
              const bookOrder = head - all.length + 1 + all.indexOf(one);
              return { ...one, bookOrder, revision: 0 } as Fact;
            });
            return Lifeline.of(
              evolution,
              numbered.filter(({ bookOrder }) => bookOrder <= cut),
            ).asOf(asOf.at);
          };

          expect((await settings.chargers([id], asOf)).get(id)).toEqual(
            expected(chargerEvolution, lives.charger),
          );
          expect((await settings.circuits([id], asOf)).get(id)).toEqual(
            expected(circuitEvolution, lives.circuit),
          );
          expect((await settings.sites([id], asOf)).get(id)).toEqual(expected(siteEvolution, lives.site));
          expect((await settings.backplates([id], asOf)).get(id)).toEqual(
            expected(backplateEvolution, lives.backplate),
          );
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);

  it('are given for each thing that was asked for, told or not', async () => {
    const cut = await book.tell(
      fact('09:00', chargerRegistered('u1')),
      fact('09:00', chargerRegistered('u2', { phaseMode: 'LOCKED_3' })),
    );

    const found = await settings.chargers(['u1', 'u2', 'u3'], { at: at('10:00'), cut });
    expect(
      [...found].map(([serial, { phaseMode, registeredAt }]) => [serial, phaseMode, registeredAt]),
    ).toEqual([
      ['u1', 'AUTO', at('09:00')],
      ['u2', 'LOCKED_3', at('09:00')],
      ['u3', 'AUTO', undefined],
    ]);
    expect(await settings.chargers([], { at: at('10:00'), cut })).toEqual(new Map());
  });

  it('tell whether a charger was reachable', async () => {
    const lost = fact('09:00', { type: 'ConnectivityLost', data: { charger: 'v' } });
    const back = fact('10:00', { type: 'ConnectivityRestored', data: { charger: 'v' } });
    const cut = await book.tell(back, lost);
    const isOnline = async (instant: string, known = cut) =>
      (await settings.areOnline(['v'], { at: at(instant), cut: known })).get('v');

    expect(await isOnline('08:59')).toBe(true);
    expect(await isOnline('09:00')).toBe(false);
    expect(await isOnline('09:59', cut - 1)).toBe(true);
    expect(await isOnline('10:00')).toBe(true);
    const mended = await book.tell(retraction('12:00', back));
    expect(await isOnline('10:00', mended)).toBe(false);
    expect(await isOnline('10:00')).toBe(true);
  });
});
