import type { texts } from '../texts';

export type SourceKind = keyof typeof texts.sources;

/** Each source keeps its colour wherever it is drawn. */
export const colourOf: Record<SourceKind, string> = {
  CHARGER_RATED: '--c6',
  SITE_RATED: '--c5',
  CIRCUIT_FUSE: '--c4',
  MAX_CIRCUIT: '--c3',
  DYNAMIC_CIRCUIT: '--c8',
  OFFLINE_FALLBACK: '--c7',
  MAX_CHARGER: '--c2',
  DYNAMIC_CHARGER: '--c9',
  CHARGE_PLAN: '--c1',
};
