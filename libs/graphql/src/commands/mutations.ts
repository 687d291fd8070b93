import type { CommandContext, Outcome } from '@chargebook/application';
import {
  RecordBackplateCommand,
  RecordChargerCommand,
  RecordCircuitCommand,
  RecordCorrectionCommand,
  RecordCredentialCommand,
  RecordDeviceCommand,
  RecordLoadCommand,
  RecordOperatorCommand,
  RecordPartnerCommand,
  RecordPlacementCommand,
  RecordPlanCommand,
  RecordRelocationCommand,
  RecordSiteCommand,
} from '@chargebook/application';
import type {
  BackplateCommand,
  ChargerCommand,
  CircuitCommand,
  CorrectionCommand,
  CredentialCommand,
  DeviceCommand,
  LoadCommand,
  OperatorCommand,
  PartnerCommand,
  PlacementCommand,
  PlanCommand,
  RelocationCommand,
  SiteCommand,
} from '@chargebook/domain';
import type { Command, CommandBus } from '@nestjs/cqrs';
import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../request/request-context';
import type { CommandOptions } from './commands';
import { commandContext, isRejection } from './commands';
import { withOperator } from './own-operator';

type Carrier<DomainCommand> = new (command: DomainCommand, context: CommandContext) => Command<Outcome>;

/** Each mutation is the domain command of the same name, its input that command's fields; here is what carries it. */
type Carriers<DomainCommand extends { readonly type: string }> = Readonly<
  Record<DomainCommand['type'], Carrier<DomainCommand>>
>;

const ofOperators: Carriers<OperatorCommand> = { registerOperator: RecordOperatorCommand };

const ofSites: Carriers<SiteCommand> = {
  registerSite: RecordSiteCommand,
  renameSite: RecordSiteCommand,
  correctSiteAddress: RecordSiteCommand,
  setSiteTimeZone: RecordSiteCommand,
  setSiteRatedCurrent: RecordSiteCommand,
  transferSiteControl: RecordSiteCommand,
  retireSite: RecordSiteCommand,
};

const ofCircuits: Carriers<CircuitCommand> & Carriers<LoadCommand> = {
  addCircuit: RecordCircuitCommand,
  setCircuitFuseRating: RecordCircuitCommand,
  setMaxCircuitCurrent: RecordCircuitCommand,
  setOfflineFallbackCurrent: RecordCircuitCommand,
  designatePrimaryBackplate: RecordCircuitCommand,
  retireCircuit: RecordCircuitCommand,
  setDynamicCircuitCurrent: RecordLoadCommand,
  clearDynamicCircuitCurrent: RecordLoadCommand,
};

const ofBackplates: Carriers<BackplateCommand> = {
  installBackplate: RecordBackplateCommand,
  rewireBackplate: RecordBackplateCommand,
  removeBackplate: RecordBackplateCommand,
};

const ofChargers: Carriers<ChargerCommand> &
  Carriers<DeviceCommand> &
  Carriers<PlacementCommand> &
  Carriers<RelocationCommand> &
  Carriers<PlanCommand> = {
  registerCharger: RecordChargerCommand,
  transferChargerControl: RecordChargerCommand,
  retireCharger: RecordChargerCommand,
  setMaxChargerCurrent: RecordChargerCommand,
  setChargerProtocol: RecordChargerCommand,
  setPhaseMode: RecordChargerCommand,
  enableCharger: RecordChargerCommand,
  disableCharger: RecordChargerCommand,
  setDynamicChargerCurrent: RecordDeviceCommand,
  clearDynamicChargerCurrent: RecordDeviceCommand,
  mountCharger: RecordPlacementCommand,
  dismountCharger: RecordPlacementCommand,
  relocateCharger: RecordPlacementCommand,
  relocateChargers: RecordRelocationCommand,
  setChargePlan: RecordPlanCommand,
  removeChargePlan: RecordPlanCommand,
  overrideSchedule: RecordPlanCommand,
};

const ofFacts: Carriers<CorrectionCommand> = { correctFact: RecordCorrectionCommand };

const ofAccess: Carriers<PartnerCommand> & Carriers<CredentialCommand> = {
  registerPartner: RecordPartnerCommand,
  grantPartnerAccess: RecordPartnerCommand,
  endPartnerGrant: RecordPartnerCommand,
  warnPartner: RecordPartnerCommand,
  liftPartnerWarning: RecordPartnerCommand,
  revokePartnerAccess: RecordPartnerCommand,
  reinstatePartnerAccess: RecordPartnerCommand,
  issueCredential: RecordCredentialCommand,
  revokeCredential: RecordCredentialCommand,
};

const carriers = {
  ...ofOperators,
  ...ofSites,
  ...ofCircuits,
  ...ofBackplates,
  ...ofChargers,
  ...ofFacts,
  ...ofAccess,
};

interface MutationArgs {
  readonly input: object;
  readonly options?: CommandOptions | null;
}

type MutationResolver = (
  root: unknown,
  args: MutationArgs,
  request: RequestContext,
  info: GraphQLResolveInfo,
) => Promise<Outcome>;

/** Resolvers of all mutations that record one command. */
export function mutationResolvers(bus: CommandBus): Record<string, MutationResolver> {
  return Object.fromEntries(
    Object.entries(carriers).map(([type, carrier]) => {
      const Carrying = carrier as Carrier<unknown>;
      const resolve: MutationResolver = async (_root, { input, options }, request, info) => {
        const outcome = await bus.execute(
          new Carrying(
            { ...withOperator(type, input, request.identity.requester), type },
            commandContext(request, options),
          ),
        );
        if (isRejection(outcome)) request.rejected.add(String(info.path.key));
        return outcome;
      };
      return [type, resolve];
    }),
  );
}
