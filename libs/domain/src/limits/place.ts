import type { GridType } from '../site/site';
import type { Instant } from '../time';
import type { KnownCircuit } from './circuit-control';
import type { KnownFacts } from './knowledge';

const WIRED = ['BackplateInstalled', 'BackplateRewired'] as const;
const ADDED = ['CircuitAdded'] as const;
const REGISTERED = ['SiteRegistered'] as const;
const ZONE_TOLD = ['SiteRegistered', 'SiteTimeZoneSet'] as const;

/** Where a charger hangs: the circuit of its backplate with all circuits above it, and the site. */
export interface LimitPlace {
  readonly circuits: readonly KnownCircuit[];
  readonly site?: string;
}

export function placeOf(backplate: string, facts: KnownFacts, at: Instant): LimitPlace {
  const circuits: KnownCircuit[] = [];
  let site: string | undefined;
  let id = facts.logOf('backplate', backplate).latest(WIRED, at)?.data.circuit;
  while (id != null && !circuits.some((known) => known.id === id)) {
    const log = facts.logOf('circuit', id);
    const added = log.latest(ADDED, at);
    circuits.push({ id, log });
    site ??= added?.data.site;
    id = added?.data.parent;
  }
  return { circuits, site };
}

export function gridTypeOf(site: string | undefined, facts: KnownFacts, at: Instant): GridType {
  if (site == null) return 'TN';
  return facts.logOf('site', site).latest(REGISTERED, at)?.data.gridType ?? 'TN';
}

/** The zone in which people at the place read their clocks. */
export function timeZoneOf(site: string | undefined, facts: KnownFacts, at: Instant): string {
  if (site == null) return 'UTC';
  return facts.logOf('site', site).latest(ZONE_TOLD, at)?.data.timeZone ?? 'UTC';
}
