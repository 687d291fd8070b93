import type { ReactNode } from 'react';
import { createContext, useContext } from 'react';
import { createStore, useStore } from '../api/store';
import { texts } from '../texts';
import { formatExactInstant, formatInstant } from './format';
import { zoneOfMine } from './wall-time';

const KEY = 'chargebook.zone';

/** Whose wall clock times are shown on: that of the site, where there is one, or that of whoever looks. */
export type ZoneChoice = 'site' | 'mine';

const choice = createStore<ZoneChoice>(localStorage.getItem(KEY) === 'mine' ? 'mine' : 'site');

export function useZoneChoice(): [ZoneChoice, (chosen: ZoneChoice) => void] {
  const choose = (chosen: ZoneChoice) => {
    localStorage.setItem(KEY, chosen);
    choice.set(chosen);
  };
  return [useStore(choice), choose];
}

const SiteZone = createContext<string | undefined>(undefined);

/** Below this, times are the site's, unless somebody wants to see their own. */
export function InZoneOf({ zone, children }: { zone: string | undefined; children: ReactNode }) {
  return <SiteZone value={zone}>{children}</SiteZone>;
}

/** The zone in which times are shown here. */
export function useZone(): string {
  const site = useContext(SiteZone);
  const chosen = useStore(choice);
  return chosen === 'site' && site != null ? site : zoneOfMine();
}

/** A time; which zone it is in stands in the heading, and in full in the tool tip. */
export function Instant({ at }: { at: string }) {
  const zone = useZone();
  return (
    <time className="instant" dateTime={at} title={formatExactInstant(at, zone)}>
      {formatInstant(at, zone)}
    </time>
  );
}

/** Says which zone the times nearby are in. */
export function ZoneNote() {
  return <p className="zone-note">{texts.zones.shownIn(useZone())}</p>;
}
