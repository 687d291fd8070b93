import type { Destination } from '../charger/charger.events';
import type { EventOf } from '../events';
import type { NewFact } from '../facts/fact';

/** One of several plans that a command may have needed: others may have been abandoned. */
export interface RelocationReference {
  readonly relocation: string;
  /** Event id of the plan. */
  readonly plan: string;
}

/**
 * What one charger's stream is to be given, and the place that is kept for it. The facts are told as the plan is: when, by
 * whom and why stands there once.
 */
export interface PlannedMove {
  readonly charger: string;
  readonly backplate: string;
  /** Revision of the charger's stream on which the move was decided. */
  readonly decidedOn: number;
  /** Event id of the mount. */
  readonly mounted: string;
  /** The dismount, where the charger hung somewhere. */
  readonly dismounted?: {
    readonly eventId: string;
    readonly backplate: string;
    readonly destination: Destination;
  };
}

/** The facts that a plan's move consists of, in order. */
export function factsOfMove(
  planned: Pick<NewFact, 'metadata'>,
  { charger, backplate, mounted, dismounted }: PlannedMove,
): {
  readonly dismounted?: NewFact<EventOf<'ChargerDismounted'>>;
  readonly mounted: NewFact<EventOf<'ChargerMounted'>>;
} {
  const { metadata } = planned;
  const mount = {
    type: 'ChargerMounted',
    data: { charger, backplate },
    eventId: mounted,
    schemaVersion: 1,
    metadata,
  } as const;
  if (dismounted == null) return { mounted: mount };
  const { eventId, ...from } = dismounted;
  const data = { charger, ...from };
  return {
    mounted: mount,
    dismounted: { type: 'ChargerDismounted', data, eventId, schemaVersion: 1, metadata },
  };
}

interface OfRelocation {
  readonly relocation: string;
}

/** Several chargers' moves as one act: this stream alone says whether it came about. */
export type RelocationEvent =
  | {
      readonly type: 'RelocationPlanned';
      readonly data: OfRelocation & { readonly moves: readonly PlannedMove[] };
    }
  /** From here on it will be done, by whichever node. */
  | { readonly type: 'RelocationCommitted'; readonly data: OfRelocation & { readonly plan: string } }
  /** It will never be done. */
  | { readonly type: 'RelocationAbandoned'; readonly data: OfRelocation & { readonly plan: string } }
  /** Every charger's stream has its facts. */
  | { readonly type: 'RelocationCompleted'; readonly data: OfRelocation & { readonly plan: string } };

/** The plans that still hold a charger, from its stream as recorded. */
export function claimsOn(
  recorded: readonly { readonly type: string; readonly data: unknown }[],
): RelocationReference[] {
  const open = new Map<string, RelocationReference>();
  for (const { type, data } of recorded) {
    if (type !== 'ChargerReserved' && type !== 'ChargerReleased') continue;
    const { relocation, plan } = data as RelocationReference;
    if (type === 'ChargerReserved') open.set(plan, { relocation, plan });
    else open.delete(plan);
  }
  return [...open.values()];
}
