import type { EaseeFleet } from './easee-fleet';
import type { JsonRecord } from './json-record';

/** Readers of the Easee cloud's answers; fields that are not read here are counted as left out. */

export function readSite(record: JsonRecord, fleet: EaseeFleet): void {
  const id = idOf(record, 'id', 'site');
  if (id == null) return;
  const address = record.record('address');
  const country = address?.record('country');
  const street = [address?.text('street'), address?.text('buildingNumber')];
  const town = [address?.text('zip'), address?.text('area')];
  const lines = [street, town, [country?.text('name')]].map((line) =>
    line.filter((part) => part != null).join(' '),
  );
  fleet.addSite({
    id,
    name: record.text('name'),
    address: lines.filter((line) => line !== '').join(', '),
    country: country?.text('id'),
    ratedCurrentAmps: record.amps('ratedCurrent'),
    createdAt: record.instant('createdOn'),
  });
  for (const circuit of record.records('circuits', `${record.what}, circuit`))
    readCircuit(circuit, fleet, id);
  address?.finish('address.');
  record.finish();
}

export function readSiteState(record: JsonRecord, fleet: EaseeFleet): void {
  const site = record.record('site');
  if (site != null) readSite(site, fleet);
  for (const state of record.records('circuitStates', `${record.what}, circuit state`)) {
    const circuit = state.record('circuit');
    if (circuit != null) readCircuit(circuit, fleet);
    for (const charger of state.records('chargerStates', `${record.what}, charger state`)) {
      const serial = idOf(charger, 'chargerID', 'charger');
      for (const part of [charger.record('chargerConfig'), charger.record('chargerState')])
        if (part != null && serial != null) readSettings(part, fleet, serial);
      charger.finish();
    }
    state.finish();
  }
  record.finish();
}

function readCircuit(record: JsonRecord, fleet: EaseeFleet, within?: string): void {
  const id = idOf(record, 'id', 'circuit');
  const site = record.text('siteId') ?? within;
  if (id == null || site == null) return;
  if (within != null && site !== within)
    record.ignore(`listed in site ${within}, but says that it is in ${site}`);
  const master = record.record('masterBackplate');
  fleet.addCircuit({
    id,
    site,
    name: record.text('panelName'),
    fuseRatingAmps: record.amps('ratedCurrent'),
    parent: record.text('parentCircuitId'),
    primary: master?.text('id'),
  });
  for (const charger of record.records('chargers', `${record.what}, charger`))
    readCharger(charger, fleet, id);
  record.finish();
}

export function readChargerRecord(record: JsonRecord, fleet: EaseeFleet): void {
  readCharger(record, fleet);
}

function readCharger(record: JsonRecord, fleet: EaseeFleet, circuit?: string): void {
  const serial = idOf(record, 'id', 'charger');
  if (serial == null) return;
  const backplate = record.record('backPlate');
  const code = record.number('productCode');
  fleet.addCharger({
    serial,
    createdAt: record.instant('createdOn'),
    productLine: code == null ? undefined : code === HOME ? 'HOME' : 'PRO',
    backplate: backplate?.text('id'),
    primary: backplate?.text('masterBackPlateId'),
    circuit,
  });
  backplate?.finish();
  record.finish();
}

const HOME = 1;

/** A state by itself, which has to name its charger. */
export function readState(record: JsonRecord, fleet: EaseeFleet): void {
  const serial = record.text('chargerID') ?? record.text('chargerId') ?? record.text('id');
  if (serial != null) readSettings(record, fleet, serial);
  else record.ignore('does not say which charger it is about');
}

function readSettings(record: JsonRecord, fleet: EaseeFleet, serial: string): void {
  fleet.addState({
    serial,
    seenAt: record.instant('latestPulse'),
    isEnabled: record.boolean('isEnabled'),
    isOnline: record.boolean('isOnline'),
    grid: record.number('detectedPowerGridType'),
    phaseMode: record.number('phaseMode'),
    maxChargerAmps: record.amps('maxChargerCurrent'),
    dynamicChargerAmps: record.amps('dynamicChargerCurrent'),
    maxCircuitAmps: record.phaseAmps('circuitMaxCurrent'),
    dynamicCircuitAmps: record.phaseAmps('dynamicCircuitCurrent'),
    offlineCircuitAmps: record.phaseAmps('offlineMaxCircuitCurrent'),
  });
  record.finish();
}

/** The id that a thing is to have, and how it is named from now on. */
function idOf(record: JsonRecord, field: string, noun: string): string | undefined {
  const id = record.text(field);
  if (id != null && /^[A-Za-z0-9._:-]{1,58}$/.test(id)) {
    record.what = `${noun} ${id}`;
    return id;
  }
  record.ignore(id == null ? `a ${noun} has no ${field}` : `the ${field} of a ${noun} cannot be one here`);
  return undefined;
}
