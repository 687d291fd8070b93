export type { ApplicationParts } from './application.module';
export { ApplicationModule } from './application.module';
export { RecordBackplateCommand } from './backplate/backplate.command-handler';
export { RecordChargerCommand } from './charger/charger.command-handler';
export { RecordDeviceCommand } from './charger/device.command-handler';
export type { ReportedObservation } from './charger/observation.command-handler';
export { RecordObservationsCommand } from './charger/observation.command-handler';
export { RecordPlacementCommand } from './charger/placement.command-handler';
export { RecordPlanCommand } from './charger/plan.command-handler';
export { RecordCircuitCommand } from './circuit/circuit.command-handler';
export { RecordLoadCommand } from './circuit/load.command-handler';
export type { IssuedReceipt } from './credential/credential.command-handler';
export { parseToken, RecordCredentialCommand } from './credential/credential.command-handler';
export { Vault } from './credential/vault';
export { RecordOperatorCommand } from './operator/operator.command-handler';
export { RecordCorrectionCommand } from './correction/correction.command-handler';
export { FactIndex } from './correction/fact-index';
export { CountPartnerUseCommand } from './partner/use.command-handler';
export { EraseDriverCommand } from './person/person.command-handler';
export { RecordPartnerCommand } from './partner/partner.command-handler';
export type {
  CommandContext,
  Outcome,
  Receipt,
  Rejection,
  UnrecordedFact,
} from './recording/command-context';
export { Contents } from './recording/contents';
export type { CommandIndex, CommandKey, CommandUse } from './recording/command-keys';
export type { Clock } from './recording/recorder';
export { systemClock } from './recording/recorder';
export { RecordRelocationCommand } from './relocation/relocation.command-handler';
export { RelocationPlans } from './relocation/relocation-plans';
export { RecordSiteCommand } from './site/site.command-handler';
