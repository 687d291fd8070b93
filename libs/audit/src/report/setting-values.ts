/** Something that can be set, and what each type of event that is about it says. */
export interface Setting {
  readonly name: string;
  /** The kind of thing that it is a setting of. */
  readonly of: 'charger' | 'backplate' | 'circuit' | 'site';
  readonly told: Readonly<Record<string, (data: EventData) => SettingValue>>;
}

export type EventData = Readonly<Record<string, unknown>>;
export type SettingValue = unknown;

const field = (name: string) => (data: EventData) => data[name] ?? null;
const always = (value: unknown) => () => value;
/** All that is told but of whom. */
const allBut = (thing: string) => (data: EventData) =>
  Object.fromEntries(Object.entries(data).filter(([name]) => name !== thing));

/** Settings and limits: of these a report says what was believed before and what after. */
const SETTINGS: readonly Setting[] = [
  {
    name: 'operator',
    of: 'charger',
    told: { ChargerRegistered: field('operator'), ChargerControlTransferred: field('operator') },
  },
  {
    name: 'protocol',
    of: 'charger',
    told: { ChargerRegistered: field('protocol'), ChargerProtocolSet: field('protocol') },
  },
  {
    name: 'phaseMode',
    of: 'charger',
    told: { ChargerRegistered: field('phaseMode'), PhaseModeSet: field('mode') },
  },
  { name: 'singlePhase', of: 'charger', told: { PhaseModeSet: field('singlePhase') } },
  {
    name: 'backplate',
    of: 'charger',
    told: { ChargerMounted: field('backplate'), ChargerDismounted: always(null) },
  },
  { name: 'maxChargerCurrentAmps', of: 'charger', told: { MaxChargerCurrentSet: field('amps') } },
  {
    name: 'dynamicChargerCurrentAmps',
    of: 'charger',
    told: { DynamicChargerCurrentSet: field('amps'), DynamicChargerCurrentCleared: always(null) },
  },
  { name: 'enabled', of: 'charger', told: { ChargerEnabled: always(true), ChargerDisabled: always(false) } },
  {
    name: 'chargePlan',
    of: 'charger',
    told: { ChargePlanSet: allBut('charger'), ChargePlanRemoved: always(null) },
  },
  {
    name: 'powered',
    of: 'charger',
    told: { PowerLost: always(false), PowerRestored: always(true) },
  },
  {
    name: 'online',
    of: 'charger',
    told: { ConnectivityLost: always(false), ConnectivityRestored: always(true) },
  },
  { name: 'retired', of: 'charger', told: { ChargerRetired: always(true) } },
  {
    name: 'circuit',
    of: 'backplate',
    told: {
      BackplateInstalled: field('circuit'),
      BackplateRewired: field('circuit'),
      BackplateRemoved: always(null),
    },
  },
  {
    name: 'fuseRatingAmps',
    of: 'circuit',
    told: { CircuitAdded: field('fuseRatingAmps'), CircuitFuseRatingSet: field('amps') },
  },
  { name: 'maxCircuitCurrentAmps', of: 'circuit', told: { MaxCircuitCurrentSet: field('amps') } },
  {
    name: 'offlineFallbackCurrentAmps',
    of: 'circuit',
    told: { OfflineFallbackCurrentSet: field('amps') },
  },
  { name: 'primaryBackplate', of: 'circuit', told: { PrimaryBackplateDesignated: field('backplate') } },
  {
    name: 'dynamicCircuitCurrentAmps',
    of: 'circuit',
    told: { DynamicCircuitCurrentSet: field('amps'), DynamicCircuitCurrentCleared: always(null) },
  },
  { name: 'retired', of: 'circuit', told: { CircuitRetired: always(true) } },
  { name: 'name', of: 'site', told: { SiteRegistered: field('name'), SiteRenamed: field('name') } },
  {
    name: 'address',
    of: 'site',
    told: { SiteRegistered: field('address'), SiteAddressCorrected: field('address') },
  },
  {
    name: 'ratedCurrentAmps',
    of: 'site',
    told: { SiteRegistered: field('ratedCurrentAmps'), SiteRatedCurrentSet: field('amps') },
  },
  {
    name: 'timeZone',
    of: 'site',
    told: { SiteRegistered: field('timeZone'), SiteTimeZoneSet: field('timeZone') },
  },
  {
    name: 'operator',
    of: 'site',
    told: { SiteRegistered: field('operator'), SiteControlTransferred: field('operator') },
  },
  { name: 'retired', of: 'site', told: { SiteRetired: always(true) } },
];

/** Events that begin a thing tell all its settings: they have no before. */
const BEGINNINGS: ReadonlySet<string> = new Set([
  'ChargerRegistered',
  'BackplateInstalled',
  'CircuitAdded',
  'SiteRegistered',
]);

/** The settings that an event of a type tells. */
const TOLD = new Map<string, Setting[]>();
for (const setting of SETTINGS)
  for (const type of Object.keys(setting.told)) TOLD.set(type, [...(TOLD.get(type) ?? []), setting]);

const NONE: readonly Setting[] = [];

export function settingsToldBy(type: string): readonly Setting[] {
  return TOLD.get(type) ?? NONE;
}

export function settingsChangedBy(type: string): readonly Setting[] {
  return BEGINNINGS.has(type) ? NONE : settingsToldBy(type);
}

export function settingsOf(kind: Setting['of']): readonly Setting[] {
  return SETTINGS.filter(({ of }) => of === kind);
}
