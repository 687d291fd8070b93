import type { EffectiveFact, Evolution } from '../facts/lifeline';
import type { Instant } from '../time';

/** Earthing of the site's supply; on IT a single phase is taken between two lines. */
export type GridType = 'TN' | 'TT' | 'IT';

interface OfSite {
  readonly site: string;
}

export type SiteEvent =
  | {
      readonly type: 'SiteRegistered';
      readonly data: OfSite & {
        readonly name: string;
        readonly address?: string;
        readonly timeZone: string;
        readonly gridType: GridType;
        readonly ratedCurrentAmps?: number;
        readonly operator: string;
      };
    }
  | { readonly type: 'SiteRenamed'; readonly data: OfSite & { readonly name: string } }
  | { readonly type: 'SiteAddressCorrected'; readonly data: OfSite & { readonly address: string } }
  /** Without amps the rating is no longer known. */
  | { readonly type: 'SiteRatedCurrentSet'; readonly data: OfSite & { readonly amps?: number } }
  | { readonly type: 'SiteTimeZoneSet'; readonly data: OfSite & { readonly timeZone: string } }
  | { readonly type: 'SiteControlTransferred'; readonly data: OfSite & { readonly operator: string } }
  | { readonly type: 'SiteRetired'; readonly data: OfSite };

export interface SiteState {
  readonly registeredAt?: Instant;
  readonly retiredAt?: Instant;
  readonly name?: string;
  readonly address?: string;
  readonly timeZone?: string;
  readonly gridType: GridType;
  readonly ratedCurrentAmps?: number;
  readonly operator?: string;
}

export const siteEvolution: Evolution<SiteState> = { initial: { gridType: 'TN' }, evolve: evolveSite };

function evolveSite(state: SiteState, fact: EffectiveFact): SiteState {
  // What comes before the registration in valid time is kept, and of no effect until there is a site.
  const event = fact as EffectiveFact & SiteEvent;
  switch (event.type) {
    case 'SiteRegistered': {
      const { site: _, ...told } = event.data;
      return { ...state, ...told, registeredAt: fact.metadata.occurredAt };
    }
    case 'SiteRenamed':
      return { ...state, name: event.data.name };
    case 'SiteAddressCorrected':
      return { ...state, address: event.data.address };
    case 'SiteRatedCurrentSet':
      return { ...state, ratedCurrentAmps: event.data.amps };
    case 'SiteTimeZoneSet':
      return { ...state, timeZone: event.data.timeZone };
    case 'SiteControlTransferred':
      return { ...state, operator: event.data.operator };
    case 'SiteRetired':
      return { ...state, retiredAt: fact.metadata.occurredAt };
  }
}
