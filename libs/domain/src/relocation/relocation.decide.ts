import type { BackplateState } from '../backplate/backplate';
import type { PlacementAcceptance, PlacementKnowledge } from '../charger/placement.decide';
import { decidePlacement, overlapOnPlace } from '../charger/placement.decide';
import type { Stay } from '../charger/placements';
import type { Moment } from '../decision';
import type { Lifeline } from '../facts/lifeline';
import type { ChargerState } from '../charger/charger';
import type { Notice, Refusal } from '../refusal';
import { refuse } from '../refusal';
import { spansOverlap } from '../time';

export interface RelocationCommand {
  readonly type: 'relocateChargers';
  readonly moves: readonly { readonly charger: string; readonly backplate: string }[];
}

/** What the moves are decided on, by serial and by backplate. */
export interface RelocationKnowledge {
  readonly chargers: ReadonlyMap<string, Lifeline<ChargerState>>;
  readonly backplates: ReadonlyMap<string, Lifeline<BackplateState>>;
  /** By backplate: everybody's stays there. */
  readonly stays: ReadonlyMap<string, readonly Stay[]>;
}

/** A move among several: what its charger's stream is to be given. */
export interface AcceptedMove extends PlacementAcceptance {
  readonly charger: string;
  readonly backplate: string;
}

export interface RelocationAcceptance {
  readonly refused?: false;
  readonly moves: readonly AcceptedMove[];
  readonly notices: readonly Notice[];
}

export const MOST_MOVES = 500;

/** All moves together, swaps included: each is decided as if the others had been done in the same instant. */
export function decideRelocations(
  command: RelocationCommand,
  known: RelocationKnowledge,
  moment: Moment,
): RelocationAcceptance | Refusal {
  const { moves } = command;
  const refusal = checkMoves(moves);
  if (refusal != null) return refusal;
  const moving = new Set(moves.map(({ charger }) => charger));
  const accepted: AcceptedMove[] = [];
  for (const [index, move] of moves.entries()) {
    const decision = decidePlacement(
      { ...move, type: 'relocateCharger' },
      knownOf(move, known, moving),
      moment,
    );
    if (decision.refused) return ofMove(index, decision);
    accepted.push({ ...move, ...decision });
  }
  return (
    checkTogether(accepted, known, moving, moment) ?? {
      moves: accepted,
      notices: accepted.flatMap(({ notices }) => notices),
    }
  );
}

/** Whether some moves can be one plan at all: looked at before anything is looked up. */
export function checkMoves(moves: RelocationCommand['moves']): Refusal | undefined {
  if (moves.length === 0 || moves.length > MOST_MOVES) {
    const message = `One plan has 1 to ${String(MOST_MOVES)} moves, not ${String(moves.length)}.`;
    return refuse('OUT_OF_RANGE', message, { moves: moves.length }, ['input', 'moves']);
  }
  for (const field of ['charger', 'backplate'] as const) {
    const seen = new Map<string, number>();
    for (const [index, { [field]: id }] of moves.entries()) {
      const first = seen.get(id);
      seen.set(id, index);
      if (first == null) continue;
      const message = `The ${field} ${id} is named twice, by moves ${String(first + 1)} and ${String(index + 1)}.`;
      return refuse('INVALID_MOVES', message, { [field]: id, moves: [first, index] }, path(index, field));
    }
  }
  return undefined;
}

function knownOf(
  { charger, backplate }: { charger: string; backplate: string },
  known: RelocationKnowledge,
  moving: ReadonlySet<string>,
): PlacementKnowledge {
  const life = known.chargers.get(charger);
  if (life == null) throw new Error(`the life of ${charger} is needed`);
  const stays = known.stays.get(backplate) ?? [];
  // Those who move too are looked at when all have moved.
  const othersThere = stays.filter((stay) => !moving.has(stay.charger));
  return { charger: life, backplate: known.backplates.get(backplate), othersThere };
}

/** Whether those who move leave room for each other. */
function checkTogether(
  accepted: readonly AcceptedMove[],
  known: RelocationKnowledge,
  moving: ReadonlySet<string>,
  moment: Moment,
): Refusal | undefined {
  for (const [index, { charger, backplate, gained }] of accepted.entries()) {
    const others = (known.stays.get(backplate) ?? [])
      .filter((stay) => stay.charger !== charger && moving.has(stay.charger))
      .flatMap((stay) => staysAfter(stay, accepted, moment));
    for (const stay of gained) {
      const other = others.find((each) => spansOverlap(each, stay));
      if (other != null) return ofMove(index, overlapOnPlace(other, moment));
    }
  }
  return undefined;
}

/** What is left of a stay when its charger has been taken away at the moment of the moves. */
function staysAfter(stay: Stay, accepted: readonly AcceptedMove[], { occurredAt }: Moment): Stay[] {
  const leaves = accepted.some(
    ({ charger, events }) =>
      charger === stay.charger && events.some(({ type }) => type === 'ChargerDismounted'),
  );
  const isUnderWay = stay.from <= occurredAt && (stay.until == null || stay.until > occurredAt);
  return [leaves && isUnderWay ? { ...stay, until: occurredAt } : stay];
}

function ofMove(index: number, refusal: Refusal): Refusal {
  const { message, inputPath, details } = refusal;
  const field = inputPath?.at(-1);
  return {
    ...refusal,
    message: `Move ${String(index + 1)}: ${message}`,
    details: { ...details, move: index },
    inputPath: path(index, field === 'charger' || field === 'backplate' ? field : undefined),
  };
}

function path(index: number, field: string | undefined): string[] {
  return ['input', 'moves', String(index), ...(field == null ? [] : [field])];
}
