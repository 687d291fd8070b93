import type { Command } from './book.fixtures';

/** A command of the life of two sites and three chargers, and the events that it leads to. */
export interface LifeStep extends Command {
  readonly events: readonly string[];
}

/** The same current on each phase. */
export const phases = (amps: number) => ({ l1: amps, l2: amps, l3: amps });
const nightly = { kind: 'RECURRING', windows: [{ start: '22:00', stop: '06:00', limitAmps: 10 }] };

const steps: readonly (readonly [name: string, input: object, ...events: string[]])[] = [
  ['registerOperator', { id: 'west', name: 'West Fleet' }, 'OperatorRegistered'],
  ['registerPartner', { id: 'app', name: 'An app' }, 'PartnerRegistered'],
  [
    'grantPartnerAccess',
    { partner: 'app', permissions: ['READ_STATE', 'READ_HISTORY'], fleet: true },
    'PartnerAccessGranted',
  ],
  [
    'warnPartner',
    { partner: 'app', ground: 'Too many reads', remedyBy: '2099-01-01T00:00:00Z' },
    'PartnerWarned',
  ],
  [
    'revokePartnerAccess',
    { partner: 'app', ground: 'Misuse', extremeCase: true, justification: 'Sold what it read' },
    'PartnerAccessRevoked',
  ],
  ['reinstatePartnerAccess', { partner: 'app' }, 'PartnerAccessReinstated'],
  [
    'registerSite',
    { id: 'harbour', name: 'Harbour', timeZone: 'Europe/Oslo', ratedCurrentAmps: 63 },
    'SiteRegistered',
  ],
  ['registerSite', { id: 'station', name: 'Station', timeZone: 'Europe/Berlin' }, 'SiteRegistered'],
  ['renameSite', { site: 'station', name: 'Central Station' }, 'SiteRenamed'],
  ['correctSiteAddress', { site: 'station', address: '1 Platform Way' }, 'SiteAddressCorrected'],
  ['setSiteTimeZone', { site: 'station', timeZone: 'Europe/Vienna' }, 'SiteTimeZoneSet'],
  ['setSiteRatedCurrent', { site: 'station', amps: 100 }, 'SiteRatedCurrentSet'],
  ['addCircuit', { id: 'quay', site: 'harbour', fuseRatingAmps: 32 }, 'CircuitAdded'],
  ['addCircuit', { id: 'pier', site: 'harbour', parent: 'quay' }, 'CircuitAdded'],
  ['addCircuit', { id: 'hall', site: 'station', name: 'Hall' }, 'CircuitAdded'],
  ['setCircuitFuseRating', { circuit: 'hall', amps: 40 }, 'CircuitFuseRatingSet'],
  ['setMaxCircuitCurrent', { circuit: 'quay', amps: phases(30) }, 'MaxCircuitCurrentSet'],
  ['setOfflineFallbackCurrent', { circuit: 'quay', amps: phases(6) }, 'OfflineFallbackCurrentSet'],
  ['installBackplate', { id: 'q1', circuit: 'quay', label: 'By the crane' }, 'BackplateInstalled'],
  ['installBackplate', { id: 'q2', circuit: 'quay' }, 'BackplateInstalled'],
  ['installBackplate', { id: 'p1', circuit: 'pier' }, 'BackplateInstalled'],
  ['installBackplate', { id: 'h1', circuit: 'hall' }, 'BackplateInstalled'],
  ['designatePrimaryBackplate', { circuit: 'quay', backplate: 'q1' }, 'PrimaryBackplateDesignated'],
  ['registerCharger', { serial: 'one', ratedCurrentAmps: 32 }, 'ChargerRegistered'],
  ['registerCharger', { serial: 'two', productLine: 'PRO', protocol: 'OCPP' }, 'ChargerRegistered'],
  ['registerCharger', { serial: 'old' }, 'ChargerRegistered'],
  ['mountCharger', { charger: 'one', backplate: 'q1' }, 'ChargerMounted'],
  ['mountCharger', { charger: 'two', backplate: 'q2' }, 'ChargerMounted'],
  ['setMaxChargerCurrent', { charger: 'one', amps: 16 }, 'MaxChargerCurrentSet'],
  [
    'setDynamicChargerCurrent',
    { charger: 'one', amps: 0, timeToLiveSeconds: 600 },
    'DynamicChargerCurrentSet',
  ],
  ['clearDynamicChargerCurrent', { charger: 'one' }, 'DynamicChargerCurrentCleared'],
  ['setDynamicCircuitCurrent', { circuit: 'quay', amps: phases(12) }, 'DynamicCircuitCurrentSet'],
  ['clearDynamicCircuitCurrent', { circuit: 'quay' }, 'DynamicCircuitCurrentCleared'],
  ['setChargerProtocol', { charger: 'two', protocol: 'NATIVE' }, 'ChargerProtocolSet'],
  ['setPhaseMode', { charger: 'two', mode: 'LOCKED_1', singlePhase: 2 }, 'PhaseModeSet'],
  ['disableCharger', { charger: 'one' }, 'ChargerDisabled'],
  ['enableCharger', { charger: 'one' }, 'ChargerEnabled'],
  ['setChargePlan', { charger: 'one', ...nightly }, 'ChargePlanSet'],
  ['overrideSchedule', { charger: 'one' }, 'ScheduleOverridden'],
  ['removeChargePlan', { charger: 'one' }, 'ChargePlanRemoved'],
  ['relocateCharger', { charger: 'one', backplate: 'h1' }, 'ChargerDismounted', 'ChargerMounted'],
  ['dismountCharger', { charger: 'two', destination: 'REPAIR' }, 'ChargerDismounted'],
  ['transferChargerControl', { charger: 'two', operator: 'west' }, 'ChargerControlTransferred'],
  ['transferSiteControl', { site: 'station', operator: 'west' }, 'SiteControlTransferred'],
  ['rewireBackplate', { backplate: 'q2', circuit: 'pier' }, 'BackplateRewired'],
  ['removeBackplate', { backplate: 'q1' }, 'BackplateRemoved'],
  ['removeBackplate', { backplate: 'q2' }, 'BackplateRemoved'],
  ['removeBackplate', { backplate: 'p1' }, 'BackplateRemoved'],
  ['retireCharger', { charger: 'old' }, 'ChargerRetired'],
  ['retireCircuit', { circuit: 'pier' }, 'CircuitRetired'],
  ['retireCircuit', { circuit: 'quay' }, 'CircuitRetired'],
  ['retireSite', { site: 'harbour' }, 'SiteRetired'],
];

/** Who may see and do what follows record order: these take no time of their own. */
export const ofAccess = [
  'registerOperator',
  'transferChargerControl',
  'transferSiteControl',
  'registerPartner',
  'grantPartnerAccess',
  'warnPartner',
  'revokePartnerAccess',
  'reinstatePartnerAccess',
];

/** Those that name what only an earlier answer tells, or answer with a secret: each has a spec of its own. */
export const toldElsewhere = [
  'endPartnerGrant',
  'liftPartnerWarning',
  'issueCredential',
  'revokeCredential',
  'eraseDriver',
  'correctFact',
  'relocateChargers',
];

/** The first minute of that life; each step happens a minute after the one before. */
const BEGIN_MS = Date.parse('2026-03-02T08:00:00.000Z');

/** Every mutation at least once, in an order in which each is accepted, with keys and times. */
export const life: readonly LifeStep[] = steps.map(([name, input, ...events], number) => ({
  name,
  input,
  events,
  options: {
    commandId: `life-${String(number)}`,
    ...(ofAccess.includes(name) ? {} : { occurredAt: minuteOf(number) }),
  },
}));

const minuteOfMaxSet = life.find(({ name }) => name === 'setMaxChargerCurrent')!.options!.occurredAt!;
const soonMs = 10 * 60_000;
const site = (differing: object) => ({ id: 'elsewhere', name: 'Elsewhere', timeZone: 'UTC', ...differing });
const plan = (window: object) => ({ charger: 'one', kind: 'RECURRING', windows: [window] });
const night = { start: '22:00', stop: '06:00' };

const refused: readonly (readonly [string, string, object, string?])[] = [
  ['ALREADY_EXISTS', 'registerSite', site({ id: 'harbour' })],
  ['ALREADY_EXISTS', 'registerOperator', { id: 'west', name: 'Wild West' }],
  ['ALREADY_EXISTS', 'addCircuit', { id: 'hall', site: 'station' }],
  ['ALREADY_EXISTS', 'installBackplate', { id: 'h1', circuit: 'hall' }],
  ['ALREADY_EXISTS', 'registerCharger', { serial: 'one' }],
  ['INVALID_NAME', 'renameSite', { site: 'station', name: '  ' }],
  ['INVALID_TIME_ZONE', 'registerSite', site({ timeZone: 'Mars/Base' })],
  ['INVALID_AMPS', 'setSiteRatedCurrent', { site: 'station', amps: -1 }],
  ['INVALID_AMPS', 'setMaxChargerCurrent', { charger: 'one', amps: 1000.5 }],
  ['INVALID_TTL', 'setDynamicChargerCurrent', { charger: 'one', amps: 8, timeToLiveSeconds: 0 }],
  ['OUT_OF_RANGE', 'setPhaseMode', { charger: 'one', mode: 'LOCKED_1', singlePhase: 4 }],
  ['RETIRED', 'renameSite', { site: 'harbour', name: 'Haven' }],
  ['RETIRED', 'mountCharger', { charger: 'old', backplate: 'h1' }],
  ['RETIRED', 'designatePrimaryBackplate', { circuit: 'hall', backplate: 'q1' }],
  ['NOT_FOUND', 'renameSite', { site: 'station', name: 'Stop' }, '2026-03-01T00:00:00Z'],
  ['NOT_FOUND', 'transferSiteControl', { site: 'station', operator: 'nobody' }],
  ['NOT_FOUND', 'designatePrimaryBackplate', { circuit: 'hall', backplate: 'nowhere' }],
  [
    'IN_THE_FUTURE',
    'renameSite',
    { site: 'station', name: 'Stop' },
    new Date(Date.now() + soonMs).toISOString(),
  ],
  ['NOT_EMPTY', 'retireSite', { site: 'station' }],
  ['NOT_EMPTY', 'retireCircuit', { circuit: 'hall' }],
  ['NOT_EMPTY', 'removeBackplate', { backplate: 'h1' }],
  ['ALREADY_MOUNTED', 'retireCharger', { charger: 'one' }],
  ['ALREADY_MOUNTED', 'mountCharger', { charger: 'one', backplate: 'h1' }],
  ['ALREADY_MOUNTED', 'relocateCharger', { charger: 'one', backplate: 'h1' }],
  ['BACKPLATE_OCCUPIED', 'mountCharger', { charger: 'two', backplate: 'h1' }],
  ['PLACEMENT_OVERLAP', 'mountCharger', { charger: 'old', backplate: 'q1' }, minuteOfMaxSet],
  ['NOT_MOUNTED', 'dismountCharger', { charger: 'two' }],
  ['NOT_MOUNTED', 'setDynamicChargerCurrent', { charger: 'two', amps: 8 }],
  ['NOT_SUPPORTED', 'setMaxChargerCurrent', { charger: 'two', amps: 16 }],
  ['NO_PRIMARY', 'setDynamicCircuitCurrent', { circuit: 'hall', amps: phases(8) }],
  ['NOT_PRIMARY', 'setDynamicCircuitCurrent', { charger: 'two', amps: phases(8) }, minuteOfMaxSet],
  ['NO_ONGOING_SESSION', 'overrideSchedule', { charger: 'one' }],
  ['INVALID_PLAN', 'setChargePlan', plan({ start: '22:00', stop: '22:00' })],
  ['INVALID_PLAN', 'setChargePlan', plan({ ...night, date: '2026-03-01' })],
  ['ZONE_REQUIRED', 'setChargePlan', { ...plan(night), charger: 'two' }],
];

/** What is refused when that life is over, with which code; `occurredAt` where it is not now. */
export const refusals = refused.map(([code, name, input, occurredAt]) => ({ code, name, input, occurredAt }));

function minuteOf(number: number): string {
  return new Date(BEGIN_MS + number * 60_000).toISOString();
}
