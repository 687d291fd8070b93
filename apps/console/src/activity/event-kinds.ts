/** Events by what they are about, for filters and for marks in the picture of a life. */
export const eventKinds = {
  moves: [
    'ChargerRegistered',
    'ChargerMounted',
    'ChargerDismounted',
    'ChargerRetired',
    'BackplateInstalled',
    'BackplateRewired',
    'BackplateRemoved',
    'BackplateTaken',
    'BackplateFreed',
  ],
  limits: [
    'MaxChargerCurrentSet',
    'DynamicChargerCurrentSet',
    'DynamicChargerCurrentCleared',
    'MaxCircuitCurrentSet',
    'DynamicCircuitCurrentSet',
    'DynamicCircuitCurrentCleared',
    'OfflineFallbackCurrentSet',
    'CircuitFuseRatingSet',
    'SiteRatedCurrentSet',
    'PrimaryBackplateDesignated',
    'PhaseModeSet',
    'ChargePlanSet',
    'ChargePlanRemoved',
    'ScheduleOverridden',
    'ChargerEnabled',
    'ChargerDisabled',
  ],
  sessions: ['SessionStarted', 'SessionEnded', 'SessionFiguresAmended', 'EnergyReadingRecorded'],
  power: [
    'PowerLost',
    'PowerRestored',
    'ConnectivityLost',
    'ConnectivityRestored',
    'FaultRaised',
    'FaultCleared',
  ],
  control: ['ChargerControlTransferred', 'SiteControlTransferred'],
  corrections: ['FactRetracted', 'FactReplaced'],
} as const;

export type EventKind = keyof typeof eventKinds;

export function kindOf(type: string): EventKind | undefined {
  const kinds = Object.entries(eventKinds) as [EventKind, readonly string[]][];
  return kinds.find(([, types]) => types.includes(type))?.[0];
}
