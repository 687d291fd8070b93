/**
 * Who may see and do what, told field by field and mutation by mutation: a second telling of the policy, in words that
 * a person can check. A field or a mutation that is not here has no rule, and the build fails.
 */

/** Roles, and permissions of partners, that may do it where they are in control, or were granted it. */
type Allowed = readonly string[];

const words = (text: string): Allowed => text.split(' ');

const MANAGERS = 'ADMIN OPERATOR INSTALLER ASSET_MANAGER MANAGE_ASSETS';
const LIMITS = 'ADMIN OPERATOR CONTROL_LIMITS';
const PLANS = 'ADMIN OPERATOR USER CONTROL_PLAN';
const FUSES = 'ADMIN INSTALLER';
const GOVERNORS = 'ADMIN OPERATOR';

/** What a mutation is about; where who sends it is not in control of that, it is as if it were not there. */
export type About = 'charger' | 'place' | 'operator' | 'partner' | 'credential' | 'book';

export const MUTATIONS: Readonly<Record<string, readonly [Allowed, About]>> = {
  registerOperator: [words('ADMIN'), 'book'],
  registerSite: [words(MANAGERS), 'operator'],
  renameSite: [words(MANAGERS), 'place'],
  correctSiteAddress: [words(MANAGERS), 'place'],
  setSiteTimeZone: [words(MANAGERS), 'place'],
  setSiteRatedCurrent: [words(FUSES), 'place'],
  transferSiteControl: [words(GOVERNORS), 'place'],
  retireSite: [words(MANAGERS), 'place'],
  addCircuit: [words(MANAGERS), 'place'],
  setCircuitFuseRating: [words(FUSES), 'place'],
  setMaxCircuitCurrent: [words('ADMIN OPERATOR INSTALLER'), 'place'],
  setOfflineFallbackCurrent: [words(GOVERNORS), 'place'],
  designatePrimaryBackplate: [words(MANAGERS), 'place'],
  setDynamicCircuitCurrent: [words(LIMITS), 'place'],
  clearDynamicCircuitCurrent: [words(LIMITS), 'place'],
  retireCircuit: [words(MANAGERS), 'place'],
  installBackplate: [words(MANAGERS), 'place'],
  rewireBackplate: [words(MANAGERS), 'place'],
  removeBackplate: [words(MANAGERS), 'place'],
  registerCharger: [words(MANAGERS), 'operator'],
  mountCharger: [words(MANAGERS), 'charger'],
  dismountCharger: [words(MANAGERS), 'charger'],
  relocateCharger: [words(MANAGERS), 'charger'],
  relocateChargers: [words(MANAGERS), 'charger'],
  transferChargerControl: [words(GOVERNORS), 'charger'],
  retireCharger: [words(MANAGERS), 'charger'],
  setMaxChargerCurrent: [words(`${LIMITS} USER`), 'charger'],
  setDynamicChargerCurrent: [words(LIMITS), 'charger'],
  clearDynamicChargerCurrent: [words(LIMITS), 'charger'],
  setChargerProtocol: [words(MANAGERS), 'charger'],
  setPhaseMode: [words(LIMITS), 'charger'],
  enableCharger: [words(LIMITS), 'charger'],
  disableCharger: [words(LIMITS), 'charger'],
  setChargePlan: [words(PLANS), 'charger'],
  removeChargePlan: [words(PLANS), 'charger'],
  overrideSchedule: [words(PLANS), 'charger'],
  recordObservations: [words('ADMIN OPERATOR DEVICE RECORD_OBSERVATIONS'), 'charger'],
  correctFact: [words('ADMIN OPERATOR ASSET_MANAGER'), 'charger'],
  eraseDriver: [words('ADMIN'), 'book'],
  registerPartner: [words(GOVERNORS), 'operator'],
  grantPartnerAccess: [words(GOVERNORS), 'partner'],
  endPartnerGrant: [words(GOVERNORS), 'partner'],
  warnPartner: [words(GOVERNORS), 'partner'],
  liftPartnerWarning: [words(GOVERNORS), 'partner'],
  revokePartnerAccess: [words(GOVERNORS), 'partner'],
  reinstatePartnerAccess: [words(GOVERNORS), 'partner'],
  issueCredential: [words(GOVERNORS), 'operator'],
  revokeCredential: [words(GOVERNORS), 'credential'],
};

/** Fields that need a permission on the thing that they are of; denied, they are null with an error. */
const OF_STATE: Readonly<Record<string, string>> = {
  Charger: 'effectiveLimit limitTimeline chargePlan ongoingSession',
  Circuit: 'contention',
};
const OF_HISTORY: Readonly<Record<string, string>> = {
  Charger: 'sessions consumption history lastEvent',
  Site: 'sessions consumption history',
  Circuit: 'sessions consumption history',
  Backplate: 'sessions consumption history',
};

/** Fields of things that whoever sees the thing sees: what it leads to is asked for its own right again. */
const OF_THE_THING: Readonly<Record<string, string>> = {
  Query:
    'me charger chargers backplate backplates circuit site sites relocations session partner partners credentials book auditReport ' +
    'inclusionProof consistencyProof',
  Subscription: 'effectiveLimitChanged historyAdded',
  Charger:
    'serial model ratedCurrentAmps productLine protocol phaseMode singlePhase enabled online powered ' +
    'scheduleOverridden operator retiredAt destination placement placements',
  Site: 'id name address timeZone gridType ratedCurrentAmps operator retiredAt circuits chargers',
  Circuit:
    'id name site parent fuseRatingAmps maxCurrentAmps offlineFallbackAmps dynamicCurrentAmps primaryBackplate ' +
    'backplates retiredAt',
  Backplate: 'id label circuit isPrimary removedAt charger placements',
  Session:
    'id charger backplate circuit site startedAt endedAt endCause cutByMove energyWattHours driverReference',
  Me: 'id kind operator partner permissions warnings',
  Partner: 'id name status grants warnings revokedAt revocationGround use',
  Book: 'head projections checkpoint auditKeys',
};

/** Types that are part of what they are reached through. */
const PARTS: Readonly<Record<string, string>> = {
  Placement:
    'serial charger backplateId backplate circuitId circuit siteId siteName site mountedAt dismountedAt recordedAt',
  Relocation: 'serial charger from to movedAt recordedAt backdated actor reason correlationId',
  PhaseAmps: 'l1 l2 l3',
  Contention: 'at isContended levels shares',
  ContentionLevel: 'axis ofId capacityAmps ceilingsAmps claimedAmps isOversubscribed isContended',
  Share: 'charger circuitId ceilingAmps hasCar shareAmps waits',
  LimitSource: 'kind amps inForce endedBy endedAt binding volatile axis ofId setBy since until spans',
  SourceSpan: 'kind axis ofId setBy from to amps endedBy',
  EffectiveLimit:
    'charger at knownAt amps offeredAmps phases behaviour binding sources unknownSources blockers nextChangeAt explanation',
  LimitSegment:
    'from to amps offeredAmps phases behaviour binding blockers sources unknownSources explanation',
  ChargePlan: 'kind timeZone enabled windows',
  PlanWindow: 'date weekdays start stop limitAmps',
  Consumption: 'from to energyWattHours sessions sessionsWithoutEnergy',
  Actor: 'kind id name',
  HistoryEntry:
    'eventId sequence stream revision type occurredAt recordedAt backdated actor channel reason schemaVersion ' +
    'deviceSequence deviceTime commandId correlationId causationId data charger backplate circuit site corrects ' +
    'correctedBy summary',
  Operator: 'id name',
  Grant: 'id permissions fleet sites chargers from until',
  PartnerUse: 'day asset reads commands refusals unusual',
  PartnerWarning: 'id ground evidence issuedAt remedyBy liftedAt',
  AuditReport:
    'scope from to knownAt asOfSequence entries entryCount placements energyWattHours digest downloads',
  Download: 'format file url',
  Checkpoint: 'size root note signedAt cosignatures',
  Cosignature: 'witness line seenAt',
  AuditKey: 'key since introduction',
  InclusionProof: 'sequence size root leaf head content hashes',
  ConsistencyProof: 'from to fromRoot toRoot hashes',
  ProjectionStatus: 'name sequence lagFacts lagSeconds quarantined',
  Receipt: 'commandId dryRun position events effects effectCount notices',
  Rejection: 'commandId dryRun code message inputPath details',
  Credential: 'id role name operator partnerId chargers issuedAt expiresAt revokedAt',
  IssuedCredential: 'commandId dryRun id secret position',
  CommandResult: 'commandId dryRun',
  Notice: 'code message',
  LimitEffect: 'charger at before after explanation',
  PageInfo: 'hasNextPage hasPreviousPage startCursor endCursor',
};

export type FieldRule = 'READ_STATE' | 'READ_HISTORY' | 'OF_THE_THING' | 'PART';

/** The rule of a field of a type; undefined where nobody has told one. */
export function ruleOf(type: string, field: string): FieldRule | undefined {
  const isIn = (table: Readonly<Record<string, string>>) => table[type]?.split(' ').includes(field) === true;
  if (isIn(OF_STATE)) return 'READ_STATE';
  if (isIn(OF_HISTORY)) return 'READ_HISTORY';
  if (isIn(OF_THE_THING)) return 'OF_THE_THING';
  if (isIn(PARTS)) return 'PART';
  // Pages hold what was let through.
  if (type.endsWith('Connection') && ['edges', 'nodes', 'pageInfo', 'totalCount'].includes(field))
    return 'PART';
  return type.endsWith('Edge') && ['cursor', 'node'].includes(field) ? 'PART' : undefined;
}
