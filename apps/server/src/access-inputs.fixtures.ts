/** Ids that stand in a mutation's input; another world's ids are as unknown as none. */
export interface Ids {
  readonly site: string;
  readonly circuit: string;
  readonly backplate: string;
  readonly charger: string;
  readonly operator: string;
  readonly partner: string;
  readonly credential: string;
  readonly eventId: string;
}

const amps = { l1: 10, l2: 10, l3: 10 };
const window = { start: '08:00', stop: '20:00' };

/** An input for each mutation that is in order, where who sends it is. */
export function inputOf(mutation: string, ids: Ids): object {
  const { site, circuit, backplate, charger, operator, partner, credential, eventId } = ids;
  const inFuture = new Date(Date.now() + 3_600_000).toISOString();
  const inputs: Readonly<Record<string, object>> = {
    registerOperator: { id: 'new', name: 'New' },
    registerSite: { id: 'new', name: 'New', timeZone: 'Europe/Oslo', operator },
    renameSite: { site, name: 'New' },
    correctSiteAddress: { site, address: 'New' },
    setSiteTimeZone: { site, timeZone: 'Europe/Paris' },
    setSiteRatedCurrent: { site, amps: 63 },
    transferSiteControl: { site, operator: 'south' },
    retireSite: { site },
    addCircuit: { id: 'new', site },
    setCircuitFuseRating: { circuit, amps: 32 },
    setMaxCircuitCurrent: { circuit, amps },
    setOfflineFallbackCurrent: { circuit, amps },
    designatePrimaryBackplate: { circuit, backplate },
    setDynamicCircuitCurrent: { circuit, amps },
    clearDynamicCircuitCurrent: { circuit },
    retireCircuit: { circuit },
    installBackplate: { id: 'new', circuit },
    rewireBackplate: { backplate, circuit },
    removeBackplate: { backplate },
    registerCharger: { serial: 'new', operator },
    mountCharger: { charger, backplate },
    dismountCharger: { charger },
    relocateCharger: { charger, backplate },
    relocateChargers: { moves: [{ charger, backplate }] },
    transferChargerControl: { charger, operator: 'south' },
    retireCharger: { charger },
    setMaxChargerCurrent: { charger, amps: 16 },
    setDynamicChargerCurrent: { charger, amps: 16 },
    clearDynamicChargerCurrent: { charger },
    setChargerProtocol: { charger, protocol: 'OCPP' },
    setPhaseMode: { charger, mode: 'LOCKED_1' },
    enableCharger: { charger },
    disableCharger: { charger },
    setChargePlan: { charger, kind: 'RECURRING', timeZone: 'Europe/Oslo', windows: [window] },
    removeChargePlan: { charger },
    overrideSchedule: { charger },
    recordObservations: {
      observations: [{ charger, kind: 'POWER_RESTORED', occurredAt: new Date().toISOString() }],
    },
    correctFact: { eventId, reason: 'mistaken', replacementData: { model: 'M' } },
    eraseDriver: { driverReference: 'nobody' },
    registerPartner: { id: 'new', name: 'New', operator },
    grantPartnerAccess: { partner, permissions: ['READ_STATE'], fleet: true },
    endPartnerGrant: { partner, grant: 'none' },
    warnPartner: { partner, ground: 'Ground', remedyBy: inFuture },
    liftPartnerWarning: { partner, warning: 'none' },
    revokePartnerAccess: { partner, ground: 'Ground' },
    reinstatePartnerAccess: { partner },
    issueCredential: { role: 'INSTALLER', name: 'Fitter', operator },
    revokeCredential: { credential },
  };
  const input = inputs[mutation];
  if (input == null) throw new Error(`nobody has told what ${mutation} is sent`);
  return input;
}

const UNKNOWN_EVENT = '00000000-0000-4000-8000-000000000000';

/** As long as those of the world, so that nothing but the letters differs. */
export const NOWHERE: Ids = {
  site: 'N',
  circuit: 'M',
  backplate: 'O',
  charger: 'Q',
  operator: 'nores',
  partner: 'granted-nowhere',
  credential: UNKNOWN_EVENT,
  eventId: UNKNOWN_EVENT,
};
