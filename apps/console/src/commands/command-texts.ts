/** Every mutation that the console sends, with its input; the schema is asked about them in a test. */
export const commandInputs = {
  registerOperator: 'RegisterOperatorInput',
  registerSite: 'RegisterSiteInput',
  renameSite: 'RenameSiteInput',
  correctSiteAddress: 'CorrectSiteAddressInput',
  setSiteTimeZone: 'SetSiteTimeZoneInput',
  setSiteRatedCurrent: 'SetSiteRatedCurrentInput',
  transferSiteControl: 'TransferSiteControlInput',
  retireSite: 'SiteInput',
  addCircuit: 'AddCircuitInput',
  setCircuitFuseRating: 'SetCircuitFuseRatingInput',
  setMaxCircuitCurrent: 'SetCircuitPhasesInput',
  setOfflineFallbackCurrent: 'SetCircuitPhasesInput',
  designatePrimaryBackplate: 'DesignatePrimaryBackplateInput',
  setDynamicCircuitCurrent: 'SetDynamicCircuitCurrentInput',
  clearDynamicCircuitCurrent: 'CircuitInput',
  retireCircuit: 'CircuitInput',
  installBackplate: 'InstallBackplateInput',
  rewireBackplate: 'RewireBackplateInput',
  removeBackplate: 'BackplateInput',
  registerCharger: 'RegisterChargerInput',
  mountCharger: 'MountChargerInput',
  dismountCharger: 'DismountChargerInput',
  relocateCharger: 'MountChargerInput',
  relocateChargers: 'RelocateChargersInput',
  transferChargerControl: 'TransferChargerControlInput',
  retireCharger: 'ChargerInput',
  setMaxChargerCurrent: 'SetChargerCurrentInput',
  setDynamicChargerCurrent: 'SetDynamicChargerCurrentInput',
  clearDynamicChargerCurrent: 'ChargerInput',
  setChargerProtocol: 'SetChargerProtocolInput',
  setPhaseMode: 'SetPhaseModeInput',
  enableCharger: 'ChargerInput',
  disableCharger: 'ChargerInput',
  setChargePlan: 'SetChargePlanInput',
  removeChargePlan: 'ChargerInput',
  overrideSchedule: 'ChargerInput',
  correctFact: 'CorrectFactInput',
  registerPartner: 'RegisterPartnerInput',
  grantPartnerAccess: 'GrantPartnerAccessInput',
  endPartnerGrant: 'EndPartnerGrantInput',
  warnPartner: 'WarnPartnerInput',
  liftPartnerWarning: 'LiftPartnerWarningInput',
  revokePartnerAccess: 'RevokePartnerAccessInput',
  reinstatePartnerAccess: 'PartnerInput',
  issueCredential: 'IssueCredentialInput',
  revokeCredential: 'RevokeCredentialInput',
} as const;

export type CommandName = keyof typeof commandInputs;

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(commandInputs, name);
}

/** What is asked of every command. */
export const OUTCOME = `
  fragment Outcome on CommandResult @_unmask {
    __typename
    commandId
    dryRun
    ... on Receipt {
      position
      effectCount
      notices {
        code
        message
      }
      events {
        eventId
        type
        occurredAt
        summary
      }
      effects(first: 100) {
        at
        explanation
        charger {
          serial
        }
        before {
          amps
          behaviour
        }
        after {
          amps
          behaviour
        }
      }
    }
    ... on IssuedCredential {
      id
      secret
    }
    ... on Rejection {
      code
      message
      inputPath
      details
    }
  }
` as const;

/** The text of the mutation that sends a command. */
export function textOfCommand(name: CommandName): string {
  return `mutation ${name}($input: ${commandInputs[name]}!, $options: CommandOptions) {
    outcome: ${name}(input: $input, options: $options) { ...Outcome }
  }
  ${OUTCOME.replace('@_unmask ', '')}`;
}
