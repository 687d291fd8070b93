import type { NewFact } from '../facts/fact';
import type { EffectiveFact, Evolution } from '../facts/lifeline';
import type { RelocationReference } from '../relocation/relocation';
import type { Instant, Span } from '../time';

interface OfBackplate {
  readonly backplate: string;
}

/**
 * What a charger's stream is to be given under a reservation: these facts, at this revision. Whoever meets an open
 * reservation can finish it, and finishing twice writes once.
 */
export interface ReservedMove {
  /** The revision of the charger's last fact when the place was reserved. */
  readonly expectedRevision: number;
  readonly facts: readonly NewFact[];
}

export type BackplateEvent =
  | {
      readonly type: 'BackplateInstalled';
      readonly data: OfBackplate & { readonly circuit: string; readonly label?: string };
    }
  | {
      readonly type: 'BackplateRewired';
      readonly data: OfBackplate & { readonly circuit: string; readonly formerCircuit: string };
    }
  | { readonly type: 'BackplateRemoved'; readonly data: OfBackplate }
  /** The place is kept for a charger over a span of valid time, until the charger hangs there or the move fell through. */
  | {
      readonly type: 'BackplateReserved';
      readonly data: OfBackplate & {
        readonly reservation: string;
        readonly charger: string;
        readonly from: Instant;
        readonly until?: Instant;
        /** Absent where it is one of several moves, whose plan says what is to be written. */
        readonly move?: ReservedMove;
        readonly plan?: RelocationReference;
      };
    }
  /** The charger hangs there: the reservation holds. */
  | {
      readonly type: 'BackplateTaken';
      readonly data: OfBackplate & { readonly reservation: string; readonly charger: string };
    }
  /** The place is free from that instant on; from the reservation's start where the charger never came. */
  | {
      readonly type: 'BackplateFreed';
      readonly data: OfBackplate & {
        readonly reservation: string;
        readonly charger: string;
        readonly freeFrom: Instant;
      };
    };

/** A charger's right to the place over a span. It covers at least the time in which that charger hangs there. */
export interface Reservation extends Span {
  readonly id: string;
  readonly charger: string;
  readonly settled: boolean;
  readonly move?: ReservedMove;
  readonly plan?: RelocationReference;
}

export interface BackplateState {
  readonly installedAt?: Instant;
  readonly removedAt?: Instant;
  readonly label?: string;
  readonly circuit?: string;
}

export const backplateEvolution: Evolution<BackplateState> = { initial: {}, evolve: evolveBackplate };

function evolveBackplate(state: BackplateState, fact: EffectiveFact): BackplateState {
  const event = fact as EffectiveFact & BackplateEvent;
  const at = fact.metadata.occurredAt;
  switch (event.type) {
    case 'BackplateInstalled':
      return { ...state, installedAt: at, circuit: event.data.circuit, label: event.data.label };
    case 'BackplateRewired':
      return { ...state, circuit: event.data.circuit };
    case 'BackplateRemoved':
      return { ...state, removedAt: at };
    case 'BackplateReserved':
    case 'BackplateTaken':
    case 'BackplateFreed':
      // Rights to the place are no state as of an instant: see reservationsOf.
      return state;
  }
}

/** The reservations that still stand, in the order in which they were made. */
export function reservationsOf(recorded: readonly { readonly type: string }[]): Reservation[] {
  const standing = new Map<string, Reservation>();
  for (const event of recorded as readonly BackplateEvent[]) {
    if (event.type === 'BackplateReserved') {
      const { reservation: id, charger, from, until, move, plan } = event.data;
      standing.set(id, { id, charger, from, until, move, plan, settled: false });
    } else if (event.type === 'BackplateTaken') {
      const reservation = standing.get(event.data.reservation);
      if (reservation != null) standing.set(reservation.id, { ...reservation, settled: true });
    } else if (event.type === 'BackplateFreed') {
      const reservation = standing.get(event.data.reservation);
      if (reservation == null) continue;
      const { freeFrom } = event.data;
      if (freeFrom <= reservation.from) standing.delete(reservation.id);
      else if (reservation.until == null || freeFrom < reservation.until) {
        standing.set(reservation.id, { ...reservation, until: freeFrom });
      }
    }
  }
  return [...standing.values()];
}
