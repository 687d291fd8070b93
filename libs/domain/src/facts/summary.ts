import type { PhaseAmps } from '../amps';
import type { DomainEvent } from '../events';

/** One line for people about what happened. Names things by their ids; says nothing about persons. */
export function summaryOf(event: DomainEvent): string {
  switch (event.type) {
    case 'OperatorRegistered':
      return `Operator ${event.data.name} registered`;
    case 'PartnerRegistered':
      return `Partner ${event.data.name} registered`;
    case 'PartnerAccessGranted':
      return `Access granted: ${event.data.permissions.join(', ')}${event.data.until == null ? '' : ` until ${event.data.until}`}`;
    case 'PartnerGrantEnded':
      return `Grant ${event.data.grant} ended`;
    case 'PartnerWarned':
      return `Warned: ${event.data.ground}; to be mended by ${event.data.remedyBy}`;
    case 'PartnerWarningLifted':
      return 'A warning was lifted';
    case 'PartnerAccessRevoked':
      return `Access revoked${event.data.extremeCase ? ' as an extreme case' : ''}: ${event.data.ground}`;
    case 'PartnerAccessReinstated':
      return 'Access reinstated';
    case 'PartnerUseCounted':
      return `Use of ${event.data.day} counted`;
    case 'CredentialIssued':
      return `Credential for ${event.data.role} issued`;
    case 'CredentialRevoked':
      return 'Credential revoked';
    case 'DriverErased':
      return 'A driver was forgotten';
    case 'SiteRegistered':
      return `Site ${event.data.name} registered, main fuse ${inAmps(event.data.ratedCurrentAmps)}`;
    case 'SiteRenamed':
      return `Site renamed to ${event.data.name}`;
    case 'SiteAddressCorrected':
      return `Site's address corrected to ${event.data.address}`;
    case 'SiteRatedCurrentSet':
      return `Main fuse set to ${inAmps(event.data.amps)}`;
    case 'SiteTimeZoneSet':
      return `Time zone set to ${event.data.timeZone}`;
    case 'SiteControlTransferred':
      return `Control of the site transferred to ${event.data.operator}`;
    case 'SiteRetired':
      return 'Site retired';
    case 'CircuitAdded':
      return `Circuit ${event.data.name ?? event.data.circuit} added, fuse ${inAmps(event.data.fuseRatingAmps)}`;
    case 'CircuitFuseRatingSet':
      return `Circuit fuse set to ${inAmps(event.data.amps)}`;
    case 'MaxCircuitCurrentSet':
      return `Max circuit current set to ${onPhases(event.data.amps)}`;
    case 'OfflineFallbackCurrentSet':
      return `Offline fallback current set to ${onPhases(event.data.amps)}`;
    case 'PrimaryBackplateDesignated':
      return `Backplate ${event.data.backplate} designated as primary`;
    case 'CircuitRetired':
      return 'Circuit retired';
    case 'DynamicCircuitCurrentSet':
      return `Dynamic circuit current set to ${onPhases(event.data.amps)}${forSeconds(event.data.timeToLiveSeconds)}`;
    case 'DynamicCircuitCurrentCleared':
      return 'Dynamic circuit current cleared';
    case 'BackplateInstalled':
      return `Backplate ${event.data.label ?? event.data.backplate} installed on circuit ${event.data.circuit}`;
    case 'BackplateRewired':
      return `Backplate rewired from circuit ${event.data.formerCircuit} to ${event.data.circuit}`;
    case 'BackplateRemoved':
      return 'Backplate removed';
    case 'BackplateReserved':
      return `Place reserved for charger ${event.data.charger} from ${event.data.from}`;
    case 'BackplateTaken':
      return `Place taken by charger ${event.data.charger}`;
    case 'BackplateFreed':
      return `Place free of charger ${event.data.charger} from ${event.data.freeFrom}`;
    case 'ChargerRegistered':
      return `Charger registered, rated ${inAmps(event.data.ratedCurrentAmps)}`;
    case 'ChargerProtocolSet':
      return `Protocol set to ${event.data.protocol}`;
    case 'ChargerMounted':
      return `Mounted on backplate ${event.data.backplate}`;
    case 'ChargerDismounted':
      return `Dismounted from backplate ${event.data.backplate}, to ${event.data.destination.toLowerCase()}`;
    case 'ChargerReserved':
      return 'Held for a plan of several moves';
    case 'ChargerReleased':
      return 'No longer held for a plan of several moves';
    case 'RelocationPlanned':
      return `${String(event.data.moves.length)} moves planned as one`;
    case 'RelocationCommitted':
      return 'Planned moves are decided';
    case 'RelocationAbandoned':
      return 'Planned moves are given up';
    case 'RelocationCompleted':
      return 'Planned moves are done';
    case 'ChargerControlTransferred':
      return `Control of the charger transferred to ${event.data.operator}`;
    case 'MaxChargerCurrentSet':
      return `Max charger current set to ${limitInAmps(event.data.amps)}`;
    case 'PhaseModeSet': {
      const { mode, singlePhase } = event.data;
      return `Phase mode set to ${mode}${singlePhase == null ? '' : `, phase ${String(singlePhase)}`}`;
    }
    case 'ChargerEnabled':
      return 'Enabled';
    case 'ChargerDisabled':
      return 'Disabled';
    case 'ChargePlanSet':
      return `Charge plan set: ${event.data.kind === 'ONE_OFF' ? 'one-off' : 'recurring'}, ${String(event.data.windows.length)} window(s)`;
    case 'ChargePlanRemoved':
      return 'Charge plan removed';
    case 'ScheduleOverridden':
      return 'Charge plan overridden for the session';
    case 'PowerLost':
      return 'Power lost';
    case 'PowerRestored':
      return 'Power restored';
    case 'FaultRaised':
      return `Fault raised${event.data.fault == null ? '' : `: ${event.data.fault}`}`;
    case 'FaultCleared':
      return `Fault cleared${event.data.fault == null ? '' : `: ${event.data.fault}`}`;
    case 'SessionStarted':
      return 'Car connected';
    case 'SessionEnded':
      return `Car disconnected${energy(event.data.energyWattHours)}`;
    case 'SessionFiguresAmended':
      return `Figures of session ${event.data.session} amended${energy(event.data.energyWattHours)}`;
    case 'ChargerRetired':
      return 'Charger retired';
    case 'DynamicChargerCurrentSet':
      return `Dynamic charger current set to ${inAmps(event.data.amps)}${forSeconds(event.data.timeToLiveSeconds)}`;
    case 'DynamicChargerCurrentCleared':
      return 'Dynamic charger current cleared';
    case 'ConnectivityLost':
      return 'Went offline';
    case 'ConnectivityRestored':
      return 'Back online';
    case 'EnergyReadingRecorded':
      return `Energy read: ${String(event.data.energyWattHours)} Wh in the session so far`;
    case 'FactRetracted':
      return 'An earlier entry was retracted';
    case 'FactReplaced':
      return 'An earlier entry was replaced';
  }
}

function inAmps(amps: number | undefined): string {
  return amps == null ? 'unknown' : `${String(amps)} A`;
}

function limitInAmps(amps: number | undefined): string {
  return amps == null ? 'no limit' : `${String(amps)} A`;
}

function onPhases(amps: PhaseAmps | undefined): string {
  if (amps == null) return 'no limit';
  const { l1, l2, l3 } = amps;
  return l1 === l2 && l2 === l3 ? `${String(l1)} A` : `${String(l1)} / ${String(l2)} / ${String(l3)} A`;
}

function forSeconds(seconds: number | undefined): string {
  return seconds == null ? '' : ` for ${String(seconds)} s`;
}

function energy(wattHours: number | undefined): string {
  return wattHours == null ? '' : `, ${String(wattHours)} Wh`;
}
