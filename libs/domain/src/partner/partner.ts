import type { Grant, Permission } from '../access/requester';
import type { Fact } from '../facts/fact';
import type { EffectiveFact, Evolution } from '../facts/lifeline';
import { inBookOrder } from '../facts/in-book-order';
import type { Instant } from '../time';

interface OfPartner {
  readonly partner: string;
}

export type PartnerEvent =
  | {
      readonly type: 'PartnerRegistered';
      readonly data: OfPartner & { readonly name: string; readonly operator: string };
    }
  | {
      readonly type: 'PartnerAccessGranted';
      readonly data: OfPartner & {
        readonly grant: string;
        readonly permissions: readonly Permission[];
        readonly fleet: boolean;
        readonly sites: readonly string[];
        readonly chargers: readonly string[];
        readonly until?: Instant;
      };
    }
  | { readonly type: 'PartnerGrantEnded'; readonly data: OfPartner & { readonly grant: string } }
  | {
      readonly type: 'PartnerWarned';
      readonly data: OfPartner & {
        readonly warning: string;
        readonly ground: string;
        readonly evidence: readonly string[];
        readonly remedyBy: Instant;
      };
    }
  | { readonly type: 'PartnerWarningLifted'; readonly data: OfPartner & { readonly warning: string } }
  | {
      readonly type: 'PartnerAccessRevoked';
      readonly data: OfPartner & {
        readonly ground: string;
        /** The warning that was not heeded; absent in an extreme case. */
        readonly warning?: string;
        readonly extremeCase: boolean;
        readonly justification?: string;
      };
    }
  | { readonly type: 'PartnerAccessReinstated'; readonly data: OfPartner }
  /** What a partner did on one day (UTC), by asset; written by the book itself. */
  | {
      readonly type: 'PartnerUseCounted';
      readonly data: OfPartner & {
        readonly day: string;
        readonly counts: readonly UseCount[];
      };
    };

/** How often one asset was read, commanded, or refused on a day. */
export interface UseCount {
  /** Such as `CHARGER:CB-1001`; `BOOK` for what names no asset. */
  readonly asset: string;
  readonly reads: number;
  readonly commands: number;
  readonly refusals: number;
}

export interface PartnerWarning {
  readonly id: string;
  readonly ground: string;
  readonly evidence: readonly string[];
  readonly issuedAt: Instant;
  readonly remedyBy: Instant;
  readonly liftedAt?: Instant;
}

export type PartnerStatus = 'ACTIVE' | 'WARNED' | 'REVOKED';

export interface PartnerState {
  readonly name?: string;
  readonly operator?: string;
  readonly registeredAt?: Instant;
  readonly grants: readonly Grant[];
  readonly warnings: readonly PartnerWarning[];
  readonly revoked?: { readonly at: Instant; readonly ground: string };
}

export const partnerEvolution: Evolution<PartnerState> = {
  initial: { grants: [], warnings: [] },
  evolve: evolvePartner,
};

function evolvePartner(state: PartnerState, fact: EffectiveFact): PartnerState {
  const event = fact as EffectiveFact & PartnerEvent;
  const at = fact.metadata.recordedAt;
  switch (event.type) {
    case 'PartnerRegistered':
      return { ...state, name: event.data.name, operator: event.data.operator, registeredAt: at };
    case 'PartnerAccessGranted': {
      const { grant: id, permissions, fleet, sites, chargers, until } = event.data;
      return {
        ...state,
        grants: [...state.grants, { id, permissions, fleet, sites, chargers, from: at, until }],
      };
    }
    case 'PartnerGrantEnded':
      return {
        ...state,
        grants: state.grants.map((grant) =>
          grant.id === event.data.grant ? { ...grant, until: at } : grant,
        ),
      };
    case 'PartnerWarned': {
      const { warning: id, ground, evidence, remedyBy } = event.data;
      return { ...state, warnings: [...state.warnings, { id, ground, evidence, issuedAt: at, remedyBy }] };
    }
    case 'PartnerWarningLifted':
      return {
        ...state,
        warnings: state.warnings.map((warning) =>
          warning.id === event.data.warning ? { ...warning, liftedAt: at } : warning,
        ),
      };
    case 'PartnerAccessRevoked':
      return { ...state, revoked: { at, ground: event.data.ground } };
    case 'PartnerAccessReinstated':
      return { ...state, revoked: undefined };
    case 'PartnerUseCounted':
      return state;
  }
}

/**
 * A partner as its facts make it, in the order of recording: whatever clocks say, the last word counts. These facts are
 * never corrected.
 */
export function partnerStateOf(recorded: readonly Fact[]): PartnerState {
  return inBookOrder(partnerEvolution, recorded);
}

export function openWarnings({ warnings }: PartnerState): PartnerWarning[] {
  return warnings.filter(({ liftedAt }) => liftedAt == null);
}

export function partnerStatus(state: PartnerState): PartnerStatus {
  if (state.revoked != null) return 'REVOKED';
  return openWarnings(state).length > 0 ? 'WARNED' : 'ACTIVE';
}
