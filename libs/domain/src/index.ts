export type { Act } from './access/acts';
export { ACTS, ACTS_OF_PERMISSION, ACTS_OF_ROLE } from './access/acts';
export type { ControlTaken } from './access/control';
export { controllerOf, controlOver } from './access/control';
export type { AnyCommand, Demand, Named } from './access/demand';
export { COMMANDS_WITH_RULES, demandsOf } from './access/demand';
export { AccessDeniedError, accessRevoked, forbidden } from './access/denied';
export type { Asset, ChargerAsset, SiteAsset, Verdict } from './access/policy';
export { allows, decideAccess, grantsOf, mayEver, permissionsOf, permits, sees } from './access/policy';
export type { Grant, Permission, Requester, Role } from './access/requester';
export { isGrantInForce, PERMISSIONS, ROLES } from './access/requester';
export type { PhaseAmps } from './amps';
export { arePhaseAmps, HIGHEST_AMPS, isAmps, LOWEST_CHARGING_AMPS, onEachPhase } from './amps';
export type { BackplateEvent, BackplateState, Reservation, ReservedMove } from './backplate/backplate';
export { backplateEvolution, reservationsOf } from './backplate/backplate';
export type { BackplateCommand } from './backplate/backplate.decide';
export { decideBackplate } from './backplate/backplate.decide';
export type { ChargerState, Mounting } from './charger/charger';
export { chargerEvolution } from './charger/charger';
export type { ChargerCommand, DeviceCommand } from './charger/charger.decide';
export { chargerOf, decideCharger, decideDevice } from './charger/charger.decide';
export type {
  ChargePlan,
  ChargerEvent,
  ChargerProtocol,
  Destination,
  DeviceEvent,
  PhaseMode,
  PlanWindow,
  ProductLine,
  Weekday,
} from './charger/charger.events';
export type { EnergyIncrement, EnergyReading } from './charger/energy';
export { energyIncrementsOf, readingsOf } from './charger/energy';
export { isInForce, lastDynamicReset } from './charger/dynamic';
export type { Observation, ObservationKind } from './charger/observation.decide';
export { decideObservation, isByTheMinute } from './charger/observation.decide';
export type { PlanCommand } from './charger/plan.decide';
export { decidePlan } from './charger/plan.decide';
export type { PlacementAcceptance, PlacementCommand } from './charger/placement.decide';
export { decidePlacement } from './charger/placement.decide';
export type { Stay } from './charger/placements';
export { staysOf } from './charger/placements';
export type { Session, SessionEndCause, SessionFold } from './charger/sessions';
export { SESSION_FACTS, sessionsOf, stepSessions } from './charger/sessions';
export type { CircuitEvent, CircuitState, LoadEvent } from './circuit/circuit';
export { circuitEvolution } from './circuit/circuit';
export type { CircuitCommand, LoadCommand, LoadKnowledge, Primary } from './circuit/circuit.decide';
export { decideCircuit, decideLoad, idsOf, primaryBackplate } from './circuit/circuit.decide';
export type {
  BackplateCorrectionKnowledge,
  ChargerCorrectionKnowledge,
  CircuitCorrectionKnowledge,
  SiteCorrectionKnowledge,
} from './correction/correction.decide';
export {
  decideBackplateCorrection,
  decideChargerCorrection,
  decideCircuitCorrection,
  decideOperatorCorrection,
  decideSiteCorrection,
  decideTellingCorrection,
  placeGained,
} from './correction/correction.decide';
export type { CorrectionCommand, Proposal } from './correction/proposal';
export { proposeCorrection } from './correction/proposal';
export type { CredentialEvent, CredentialState } from './credential/credential';
export { credentialEvolution, credentialStateOf, isCredentialValid } from './credential/credential';
export type { CredentialCommand, CredentialKnowledge } from './credential/credential.decide';
export { decideCredential } from './credential/credential.decide';
export type { Acceptance, Decision, Moment } from './decision';
export { accept, asIfRecorded, observedMoment } from './decision';
export type { DomainEvent, EventOf, EventType } from './events';
export type { Actor, ActorKind, Channel, Fact, FactMetadata, NewFact } from './facts/fact';
export { CHANNELS, compareFacts } from './facts/fact';
export { summaryOf } from './facts/summary';
export type { EffectiveFact, Evolution, LifelineState } from './facts/lifeline';
export { factsInEffect, isCorrection, Lifeline } from './facts/lifeline';
export {
  backplateStream,
  chargerStream,
  circuitStream,
  credentialStream,
  DEFAULT_OPERATOR,
  deviceStream,
  isId,
  loadStream,
  operatorStream,
  relocationStream,
  partnerStream,
  personStream,
  siteStream,
  useStream,
  subjectOf,
} from './identifiers';
export type { StreamSubject } from './identifiers';
export type { OperatorState } from './operator/operator';
export { operatorEvolution } from './operator/operator';
export type { OperatorCommand } from './operator/operator.decide';
export { decideOperator } from './operator/operator.decide';
export type { PartnerEvent, PartnerState, PartnerStatus, PartnerWarning, UseCount } from './partner/partner';
export { openWarnings, partnerEvolution, partnerStateOf, partnerStatus } from './partner/partner';
export type { PartnerUse, UnusualUse } from './partner/use';
export { partnerUse } from './partner/use';
export type { PartnerCommand, PartnerKnowledge, UnknownAsset } from './partner/partner.decide';
export { decidePartner, MOST_ASSETS_IN_A_GRANT, partnerOf } from './partner/partner.decide';
export type { PlannedMove, RelocationEvent, RelocationReference } from './relocation/relocation';
export { claimsOn, factsOfMove } from './relocation/relocation';
export type {
  AcceptedMove,
  RelocationAcceptance,
  RelocationCommand,
  RelocationKnowledge,
} from './relocation/relocation.decide';
export { checkMoves, decideRelocations } from './relocation/relocation.decide';
export type { PersonEvent, PersonState } from './person/person';
export { personEvolution } from './person/person';
export { decideErasure } from './person/person.decide';
export type { Notice, Refusal, RejectionCode } from './refusal';
export { refuse, REJECTION_CODES } from './refusal';
export type { GridType, SiteEvent, SiteState } from './site/site';
export { siteEvolution } from './site/site';
export type { SiteCommand } from './site/site.decide';
export { decideSite, siteOf } from './site/site.decide';
export type { Instant, Span } from './time';
export {
  CLOCK_TOLERANCE_MS,
  earlier,
  epochMsOf,
  instantOf,
  isTimeZone,
  monthBefore,
  monthOf,
  parseInstant,
  plusMs,
  spanContains,
  spansOverlap,
} from './time';
export type { Blocker } from './limits/charger-situation';
export { dynamicCircuitCurrent, primaryBackplateAt } from './limits/circuit-limits';
export type { EffectiveLimit } from './limits/effective-limit';
export { effectiveLimit } from './limits/effective-limit';
export type { LimitKnowledge, LimitPlacement, LimitScope } from './limits/knowledge';
export type { LimitEnd, LimitSource, LimitSourceKind } from './limits/limit-source';
export type { LimitSegment, SourceSpan } from './limits/limit-timeline';
export { limitTimeline, TimelineTooLongError } from './limits/limit-timeline';
export type { Behaviour } from './limits/limit-value';
export type { Contention, ContentionLevel, Share } from './limits/contention';
export { contention } from './limits/contention';
export { Overlay } from './limits/overlay';
export type { Supposition } from './limits/what-if';
export { suppose, thingsNamedBy } from './limits/what-if';
export type { LimitEffect } from './limits/limit-effect';
export { limitEffect } from './limits/limit-effect';
export { areNotable, noticesOfEffects, noticesOfFacts } from './limits/limit-notices';
export { WallClock } from './limits/wall-clock';
