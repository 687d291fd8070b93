import type { EffectiveFact } from '../facts/lifeline';
import type { Instant, Span } from '../time';
import type { Destination } from './charger.events';

/** The span in which a charger hung on a backplate. */
export interface Stay extends Span {
  readonly charger: string;
  readonly backplate: string;
  /** The mount. */
  readonly mountedBy: EffectiveFact;
  /** The dismount, where it has come. */
  readonly dismountedBy?: EffectiveFact;
  readonly destination?: Destination;
}

/** A mount of a charger that hangs somewhere already: two places at one instant. */
export interface DoubleMount {
  readonly stay: Stay;
  readonly mount: EffectiveFact;
}

/**
 * Where a charger has hung, in order, from its facts in the order in which they take effect. A dismount while it hangs
 * nowhere does nothing.
 */
export function staysOf(facts: readonly EffectiveFact[]): { stays: Stay[]; doubleMounts: DoubleMount[] } {
  const stays: Stay[] = [];
  const doubleMounts: DoubleMount[] = [];
  let open: Stay | undefined;
  for (const fact of facts) {
    if (fact.type === 'ChargerMounted') {
      if (open != null) doubleMounts.push({ stay: open, mount: fact });
      else open = startOfStay(fact, fact.data, fact.metadata.occurredAt);
    } else if (fact.type === 'ChargerDismounted' && open != null) {
      const until = fact.metadata.occurredAt;
      stays.push({ ...open, until, dismountedBy: fact, destination: fact.data.destination });
      open = undefined;
    }
  }
  if (open != null) stays.push(open);
  return { stays, doubleMounts };
}

function startOfStay(
  mountedBy: EffectiveFact,
  data: { charger: string; backplate: string },
  from: Instant,
): Stay {
  return { charger: data.charger, backplate: data.backplate, from, mountedBy };
}

/** Where a charger will hang that it did not before: what has to be free on the places' side. */
export function gainedStays(before: readonly Stay[], after: readonly Stay[]): Stay[] {
  return after.filter((stay) => !before.some((known) => covers(known, stay)));
}

function covers(known: Stay, stay: Stay): boolean {
  if (known.backplate !== stay.backplate || known.from > stay.from) return false;
  return known.until == null || (stay.until != null && stay.until <= known.until);
}
