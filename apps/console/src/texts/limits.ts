/** Words about limits and where they come from. */
export const limitTexts = {
  sources: {
    SITE_RATED: 'main fuse',
    CIRCUIT_FUSE: 'circuit fuse',
    MAX_CIRCUIT: 'circuit maximum',
    DYNAMIC_CIRCUIT: 'dynamic circuit current',
    OFFLINE_FALLBACK: 'offline fallback',
    CHARGER_RATED: 'charger rating',
    MAX_CHARGER: 'charger maximum',
    DYNAMIC_CHARGER: 'dynamic charger current',
    CHARGE_PLAN: 'charge plan',
  },
} as const;
