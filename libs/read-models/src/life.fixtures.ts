import type { Fact } from '@chargebook/domain';
import { factsInEffect, spansOverlap, staysOf } from '@chargebook/domain';
import fc from 'fast-check';
import type { Untold } from './facts.fixtures';
import {
  amended,
  chargerRegistered,
  circuitAdded,
  connected,
  disconnected,
  dismounted,
  fact,
  installed,
  mounted,
  powerLost,
  reading,
  removed,
  replacement,
  retraction,
  rewired,
  siteRegistered,
} from './facts.fixtures';

/** The things of one life, each with ids of its own. */
export interface World {
  readonly sites: readonly string[];
  readonly circuits: readonly string[];
  readonly backplates: readonly string[];
  readonly chargers: readonly string[];
}

/** What happens to a few chargers on a few backplates, in the order in which the book learns it. */
export interface Life {
  readonly world: World;
  readonly facts: readonly Untold[];
}

/** One thing that happens; numbers choose among what there is. */
interface Step {
  readonly kind: (typeof KINDS)[number];
  readonly tick: number;
  readonly charger: number;
  readonly other: number;
  readonly amount: number;
  readonly deviceSequence: number | undefined;
}

const KINDS = [
  'mount',
  'dismount',
  'rewire',
  'connect',
  'disconnect',
  'read',
  'readNamed',
  'losePower',
  'amend',
  'remove',
  'retract',
  'replace',
] as const;
const WEIGHTS: readonly number[] = [4, 3, 2, 5, 4, 5, 3, 1, 1, 1, 2, 2];

/** Few instants, so that much is simultaneous. */
export const LAST_TICK = 30;

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.oneof(
    ...KINDS.map((kind, index) => ({ weight: WEIGHTS[index] ?? 1, arbitrary: fc.constant(kind) })),
  ),
  tick: fc.integer({ min: 1, max: LAST_TICK }),
  charger: fc.integer({ min: 0, max: 1 }),
  other: fc.nat(30),
  amount: fc.integer({ min: 0, max: 6 }).map((units) => units * 100),
  deviceSequence: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined, freq: 3 }),
});

/** The steps of a life: most in the order in which they happen, some told late. */
export const steps: fc.Arbitrary<Step[]> = fc
  .array(fc.record({ step, isLate: fc.integer({ min: 0, max: 3 }).map((n) => n === 0) }), {
    maxLength: 45,
    size: 'max',
  })
  .map((told) => {
    const inTime = told.filter(({ isLate }) => !isLate).map(({ step: { tick } }) => tick);
    inTime.sort((a, b) => a - b);
    return told.map(({ step: what, isLate }) =>
      isLate ? what : { ...what, tick: inTime.shift() ?? what.tick },
    );
  });

/** Seven minutes apart, so that a life goes on for some hours. */
export function time(tick: number): string {
  const minutes = tick * 7;
  return [10 + Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

/** A life from its steps; what the rules of placement refuse does not happen. */
export function lifeOf(name: string, happened: readonly Step[]): Life {
  const named = (...ids: string[]) => ids.map((id) => `${name}-${id}`);
  const world = {
    sites: named('S1', 'S2'),
    circuits: named('K1', 'K2', 'K3'),
    backplates: named('P1', 'P2', 'P3'),
    chargers: named('C1', 'C2'),
  };
  const life = new Telling(world, beginningOf(world));
  for (const what of happened) life.tell(what);
  return { world, facts: life.facts };
}

function beginningOf({ sites, circuits, backplates, chargers }: World): Untold[] {
  const [s1 = '', s2 = ''] = sites;
  const [k1 = '', k2 = '', k3 = ''] = circuits;
  const [p1 = '', p2 = '', p3 = ''] = backplates;
  return [
    fact('09:00', siteRegistered(s1)),
    fact('09:00', siteRegistered(s2)),
    fact('09:00', circuitAdded(k1, s1)),
    fact('09:00', circuitAdded(k2, s1)),
    fact('09:00', circuitAdded(k3, s2)),
    fact('09:00', installed(p1, k1)),
    fact('09:00', installed(p2, k1)),
    fact('09:00', installed(p3, k3)),
    ...chargers.map((charger) => fact('09:00', chargerRegistered(charger))),
  ];
}

class Telling {
  private readonly corrected = new Set<string>();
  private readonly sessions: string[] = [];

  constructor(
    private readonly world: World,
    readonly facts: Untold[],
  ) {}

  tell(what: Step): void {
    const told = this.factOf(what);
    if (told == null) return;
    const { charger } = told.data as { charger?: string };
    const isAboutPlaces = charger == null || told.type.includes('ounted');
    if (isAboutPlaces && !keepsToThePlaces([...this.facts, told], this.world)) return;
    this.facts.push(told);
    if ('corrects' in told.data) this.corrected.add(told.data.corrects);
    if (told.type === 'SessionStarted') this.sessions.push(told.data.session);
  }

  private factOf({ kind, tick, charger: nth, other, amount, deviceSequence }: Step): Untold | undefined {
    const charger = pick(this.world.chargers, nth);
    const backplate = pick(this.world.backplates, other);
    const session = this.sessions.length === 0 ? undefined : pick(this.sessions, other);
    const energy = amount === 0 ? undefined : amount;
    const byDevice = (event: Parameters<typeof fact>[1]) => fact(time(tick), event, { deviceSequence });
    switch (kind) {
      case 'mount':
        return fact(time(tick), mounted(charger, backplate));
      case 'dismount':
        return fact(time(tick), dismounted(charger, backplate));
      case 'rewire': {
        const [from, to] = [pick(this.world.circuits, amount / 100), pick(this.world.circuits, other)];
        return from === to ? undefined : fact(time(tick), rewired(backplate, from, to));
      }
      case 'remove':
        return fact(time(tick), removed(backplate));
      case 'connect':
        return byDevice(connected(charger, `${charger}-${String(this.facts.length)}`));
      case 'disconnect':
        return byDevice(disconnected(charger, amount > 300 ? session : undefined, energy));
      case 'read':
        return byDevice(reading(charger, amount));
      case 'readNamed':
        return byDevice(reading(charger, amount + other * 10, session));
      case 'losePower':
        return byDevice(powerLost(charger));
      case 'amend':
        return session == null ? undefined : fact(time(tick), amended(charger, session, energy));
      case 'retract':
      case 'replace':
        return this.correction(kind, tick, other, amount);
    }
  }

  private correction(kind: 'retract' | 'replace', tick: number, other: number, amount: number) {
    const open = this.facts
      .slice(this.world.sites.length + this.world.circuits.length)
      .filter(
        ({ type, eventId }) => !/^Fact|Installed|Registered/.test(type) && !this.corrected.has(eventId),
      );
    if (open.length === 0) return undefined;
    const wrong = pick(open, other);
    if (kind === 'retract') return retraction(time(tick), wrong);
    const data = 'energyWattHours' in wrong.data ? { energyWattHours: amount } : {};
    return replacement(time(tick), wrong, { occurredAt: time((tick + other) % LAST_TICK), data });
  }
}

function pick<Thing>(among: readonly Thing[], nth: number): Thing {
  return among[nth % among.length]!;
}

/** At most one charger on a place, a charger on at most one place, and on none that is removed. */
function keepsToThePlaces(facts: readonly Untold[], { chargers, backplates }: World): boolean {
  const numbered = facts.map((one, index) => ({ ...one, bookOrder: index + 1, revision: 0 }) as Fact);
  const folds = chargers.map((charger) =>
    staysOf(factsInEffect(numbered.filter(({ stream }) => stream.includes(`-${charger}`)))),
  );
  if (folds.some(({ doubleMounts }) => doubleMounts.length > 0)) return false;
  const stays = folds.flatMap((fold) => fold.stays).filter(({ from, until }) => from !== until);
  return backplates.every((backplate) => {
    const here = stays.filter((stay) => stay.backplate === backplate);
    const overlaps = here.some((a, index) => here.slice(index + 1).some((b) => spansOverlap(a, b)));
    const removals = factsInEffect(
      numbered.filter(({ stream }) => stream === `backplate-${backplate}`),
    ).filter(({ type }) => type === 'BackplateRemoved');
    const lastEnd = here.map(({ until }) => until ?? '~').reduce((a, b) => (a > b ? a : b), '');
    return (
      !overlaps && removals.length <= 1 && removals.every(({ metadata }) => metadata.occurredAt >= lastEnd)
    );
  });
}
