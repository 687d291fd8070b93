import { UsageError } from '../failures';

/** What a column of the file can be taken for. */
export const columnRoles = [
  'charger',
  'site',
  'start',
  'end',
  'energyKwh',
  'energyWh',
  'driver',
  'backplate',
  'circuit',
  'session',
] as const;
export type ColumnRole = (typeof columnRoles)[number];

/** For each role that the file has: its column, counted from 0. */
export type Columns = Partial<Record<ColumnRole, number>> & { charger: number; start: number; end: number };

/**
 * Header names that tell their role, in lower case without anything but letters and digits; the first that is there
 * wins. The driver is personal data and ids of places and sessions are promises: these are only taken when told.
 */
const usualNames: Partial<Record<ColumnRole, string[]>> = {
  charger: ['chargerid', 'charger', 'chargerserial', 'serial', 'serialnumber', 'chargepointid', 'chargepoint']
    .concat(['chargingpointid', 'chargingpoint', 'evseid', 'evse', 'chargeboxid', 'stationid', 'stationname'])
    .concat(['station', 'ladepunkt', 'ladepunktid', 'ladestation']),
  site: [
    'siteid',
    'site',
    'locationid',
    'location',
    'addressid',
    'address',
    'standort',
    'standortid',
    'adresse',
  ],
  start: [
    'starttime',
    'start',
    'startedat',
    'startdatetime',
    'starttimestamp',
    'startdate',
    'sessionstart',
  ].concat(['plugintime', 'plugin', 'connectiontime', 'begin', 'beginn', 'startzeit', 'ladebeginn']),
  end: [
    'endtime',
    'end',
    'endedat',
    'enddatetime',
    'endtimestamp',
    'enddate',
    'sessionend',
    'stoptime',
    'stop',
  ].concat(['plugouttime', 'plugout', 'disconnecttime', 'ende', 'endzeit', 'ladeende']),
  energyKwh: ['energykwh', 'kwh', 'kwhtotal', 'totalkwh', 'consumedkwh', 'energiekwh', 'verbrauchkwh'],
  energyWh: ['energywh', 'wh', 'energywatthours', 'energiewh'],
};

/** Reads `charger=charger_id,site=location_id`; a comma within a column's name is fine. */
export function readMapOption(text: string): [ColumnRole, string][] {
  return text.split(/,(?=\s*[A-Za-z]+\s*=)/).map((pair) => {
    const at = pair.indexOf('=');
    const role = pair.slice(0, at).trim();
    const column = pair.slice(at + 1).trim();
    if (at < 1 || column === '') throw new UsageError(`--map: "${pair}" is not of the form role=column`);
    const known = columnRoles.find((name) => name === role);
    if (known == null) throw new UsageError(`--map: "${role}" is none of ${columnRoles.join(', ')}`);
    return [known, column];
  });
}

/**
 * Finds each role's column: as told, else by the usual header names.
 *
 * @throws UsageError naming the file's columns, when a told column or a needed role is missing
 */
export function mapColumns(header: string[], told: [ColumnRole, string][]): Columns {
  const found = new Map<ColumnRole, number>();
  for (const [role, name] of told) {
    const column = header.findIndex((title) => title.toLowerCase() === name.toLowerCase());
    if (column < 0) throw new UsageError(`--map: the file has no column "${name}". ${columnsOf(header)}`);
    if (found.has(role)) throw new UsageError(`--map: "${role}" is told twice`);
    found.set(role, column);
  }
  if (found.has('energyKwh') && found.has('energyWh'))
    throw new UsageError('--map: two columns for the energy');
  const plain = header.map((title) => title.toLowerCase().replaceAll(/[^a-z0-9]/g, ''));
  for (const role of columnRoles) {
    if (found.has(role) || (role === 'energyWh' && found.has('energyKwh'))) continue;
    if (role === 'energyKwh' && found.has('energyWh')) continue;
    const column = usualColumn(plain, role, new Set(found.values()));
    if (column != null) found.set(role, column);
  }
  const [charger, start, end] = (['charger', 'start', 'end'] as const).map((role) => found.get(role));
  if (charger == null || start == null || end == null) {
    const missing = ['charger', 'start', 'end'].filter((role) => !found.has(role as ColumnRole));
    throw new UsageError(
      `Which column is ${missing.join(', which is ')}? ${columnsOf(header)} Tell it with --map.`,
    );
  }
  return { ...Object.fromEntries(found), charger, start, end };
}

function usualColumn(plainHeader: string[], role: ColumnRole, taken: Set<number>): number | undefined {
  for (const name of usualNames[role] ?? []) {
    const column = plainHeader.indexOf(name);
    if (column >= 0 && !taken.has(column)) return column;
  }
  return undefined;
}

function columnsOf(header: string[]): string {
  return `Its columns are: ${header.map((title) => `"${title}"`).join(', ')}.`;
}

/** One line for people: which column is taken for what. */
export function describeColumns(columns: Columns, header: string[]): string {
  return columnRoles
    .filter((role) => columns[role] != null)
    .map((role) => `${role}=${header[columns[role] ?? -1] ?? ''}`)
    .join(', ');
}
