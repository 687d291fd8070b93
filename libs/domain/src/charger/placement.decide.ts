import type { BackplateState } from '../backplate/backplate';
import { checkBackplateExists } from '../backplate/backplate.decide';
import type { Acceptance, Decision, Moment } from '../decision';
import { accept, asIfRecorded, refuseFuture } from '../decision';
import type { DomainEvent } from '../events';
import type { Lifeline } from '../facts/lifeline';
import type { Notice, Refusal } from '../refusal';
import { refuse } from '../refusal';
import { spanContains, spansOverlap } from '../time';
import type { ChargerState } from './charger';
import { checkChargerExists } from './charger.decide';
import type { Destination } from './charger.events';
import type { Stay } from './placements';
import { gainedStays, staysOf } from './placements';

export type PlacementCommand =
  | { readonly type: 'mountCharger'; readonly charger: string; readonly backplate: string }
  /** Dismount (if mounted) and mount in one act. */
  | { readonly type: 'relocateCharger'; readonly charger: string; readonly backplate: string }
  | {
      readonly type: 'dismountCharger';
      readonly charger: string;
      readonly destination?: Destination | null | undefined;
    };

/** What a move is decided on. */
export interface PlacementKnowledge {
  readonly charger: Lifeline<ChargerState>;
  /** The backplate to which it goes; absent for a dismount. */
  readonly backplate?: Lifeline<BackplateState>;
  /** When and by whom that backplate was, is and will be held: other chargers' stays there. */
  readonly othersThere: readonly Stay[];
}

/** A move that can be done, and the stays for which the place must be reserved first. */
export interface PlacementAcceptance extends Acceptance {
  readonly gained: readonly Stay[];
}

export function decidePlacement(
  command: PlacementCommand,
  known: PlacementKnowledge,
  moment: Moment,
): PlacementAcceptance | Refusal {
  const decision =
    refuseFuture(moment) ??
    checkChargerExists(command.charger, known.charger, moment) ??
    (command.type === 'dismountCharger' ? dismount(command, known, moment) : hang(command, known, moment));
  if (decision.refused) return decision;
  const before = staysOf(known.charger.facts);
  const after = staysOf(known.charger.with(asIfRecorded(decision.events, moment)).facts);
  const doubleMount = after.doubleMounts[0];
  if (doubleMount != null)
    return overlapOnCharger(command.charger, doubleMount.stay, doubleMount.mount.metadata.occurredAt);
  const gained = gainedStays(before.stays, after.stays);
  for (const stay of gained) {
    const refusal = checkGained(stay, known, moment);
    if (refusal != null) return refusal;
  }
  return { ...decision, gained };
}

function dismount(
  command: PlacementCommand & { type: 'dismountCharger' },
  known: PlacementKnowledge,
  moment: Moment,
): Decision {
  const { charger } = command;
  const { mounting } = known.charger.asOf(moment.occurredAt);
  if (mounting == null) {
    return refuse('NOT_MOUNTED', `The charger ${charger} hung on no backplate at ${moment.occurredAt}.`, {
      charger,
    });
  }
  const destination = command.destination ?? 'STORE';
  return accept(
    { type: 'ChargerDismounted', data: { charger, backplate: mounting.backplate, destination } },
    ...sessionEnds(known, moment, 'taken down'),
  );
}

function hang(
  command: PlacementCommand & { type: 'mountCharger' | 'relocateCharger' },
  known: PlacementKnowledge,
  moment: Moment,
): Decision {
  const { type, charger, backplate } = command;
  if (known.backplate == null)
    return refuse('NOT_FOUND', `There is no backplate ${backplate}.`, { backplate }, ['input', 'backplate']);
  const missing = checkBackplateExists(backplate, known.backplate, moment);
  if (missing != null) return missing;
  const { mounting } = known.charger.asOf(moment.occurredAt);
  const mounted: DomainEvent = { type: 'ChargerMounted', data: { charger, backplate } };
  if (mounting == null) return accept(mounted, ...sessionEnds(known, moment, 'hung up'));
  if (type === 'mountCharger' || mounting.backplate === backplate) {
    const { backplate: place, mountedAt } = mounting;
    const message = `The charger ${charger} hangs on ${place} since ${mountedAt}.`;
    return refuse('ALREADY_MOUNTED', message, { charger, backplate: place, mountedAt });
  }
  const dismounted: DomainEvent = {
    type: 'ChargerDismounted',
    data: { charger, backplate: mounting.backplate, destination: 'TRANSIT' },
  };
  return accept([dismounted, mounted], ...sessionEnds(known, moment, 'taken down'));
}

function sessionEnds(
  { charger }: PlacementKnowledge,
  moment: Moment,
  what: 'taken down' | 'hung up',
): Notice[] {
  const session = charger.asOf(moment.occurredAt).ongoingSession;
  // One that begins with a mount has its place by it.
  if (session == null || (what === 'hung up' && session.startedAt === moment.occurredAt)) return [];
  const message = `The session ${session.id}, under way since ${session.startedAt}, ends at ${moment.occurredAt}: the charger is ${what}.`;
  return [{ code: 'SESSION_ENDS', message }];
}

/** Whether a charger can hang somewhere over a span that it did not before. */
export function checkGained(
  stay: Stay,
  known: PlacementKnowledge,
  moment: Pick<Moment, 'occurredAt'>,
): Refusal | undefined {
  return checkEnds(stay, known) ?? checkPlaceIsFree(stay, known, moment);
}

export function overlapOnCharger(charger: string, stay: Stay, at: string): Refusal {
  const { backplate, from, until } = stay;
  const message = `The charger ${charger} would hang on two backplates at ${at}: it hangs on ${backplate} from ${from}.`;
  return refuse('PLACEMENT_OVERLAP', message, { charger, backplate, from, until, at });
}

/** Nothing hangs on a backplate that is removed, and a charger that is retired hangs nowhere. */
function checkEnds(gained: Stay, { charger, backplate }: PlacementKnowledge): Refusal | undefined {
  const isIn = (end: string | undefined) => end != null && (gained.until == null || end < gained.until);
  const { removedAt } = backplate?.head ?? {};
  const { retiredAt } = charger.head;
  if (isIn(removedAt)) {
    const message = `The backplate ${gained.backplate} was removed at ${removedAt ?? ''}, while the charger would hang there.`;
    return refuse('PLACEMENT_OVERLAP', message, { backplate: gained.backplate, removedAt });
  }
  if (isIn(retiredAt)) {
    const message = `The charger ${gained.charger} was retired at ${retiredAt ?? ''}, while it would hang on ${gained.backplate}.`;
    return refuse('PLACEMENT_OVERLAP', message, { charger: gained.charger, retiredAt });
  }
  return undefined;
}

function checkPlaceIsFree(
  gained: Stay,
  known: PlacementKnowledge,
  moment: Pick<Moment, 'occurredAt'>,
): Refusal | undefined {
  const other = known.othersThere.find((stay) => spansOverlap(stay, gained));
  return other == null ? undefined : overlapOnPlace(other, moment);
}

/** A place is not free: somebody else's stay is in the way. */
export function overlapOnPlace(other: Stay, moment: Pick<Moment, 'occurredAt'>): Refusal {
  const { backplate, charger, from, until } = other;
  const details = { backplate, charger, from, until };
  if (spanContains(other, moment.occurredAt)) {
    return refuse(
      'BACKPLATE_OCCUPIED',
      `The charger ${charger} hangs on the backplate ${backplate} since ${from}.`,
      details,
    );
  }
  return refuse(
    'PLACEMENT_OVERLAP',
    `The charger ${charger} hangs on the backplate ${backplate} from ${from} on.`,
    details,
  );
}
