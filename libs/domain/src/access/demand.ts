import type { Act } from './acts';

/** What a command names; circuits and backplates count as the site where they are now. */
export interface Named {
  readonly kind:
    | 'CHARGER'
    | 'SITE'
    | 'CIRCUIT'
    | 'CIRCUIT_OF_CHARGER'
    | 'BACKPLATE'
    | 'OPERATOR'
    | 'PARTNER'
    | 'CREDENTIAL';
  readonly id: string;
}

/** Something that one must be allowed to do, for a command to be done. */
export interface Demand {
  readonly act: Act;
  /** Absent: the book as a whole. */
  readonly on?: Named;
}

/** A command as it comes: its type, and fields of whatever kind. */
export type AnyCommand = Readonly<Record<string, unknown>> & { readonly type: string };

type Rule = (
  named: (field: string, kind: Named['kind'], act: Act) => Demand[],
  command: AnyCommand,
) => Demand[];

/** A command about things that its fields name, all for one act. */
function about(act: Act, fields: Readonly<Record<string, Named['kind']>>): Rule {
  return (named) => Object.entries(fields).flatMap(([field, kind]) => named(field, kind, act));
}

const CHARGER = { charger: 'CHARGER' } as const;
const SITE = { site: 'SITE' } as const;
const CIRCUIT = { circuit: 'CIRCUIT' } as const;
const BACKPLATE = { backplate: 'BACKPLATE' } as const;
const PARTNER = { partner: 'PARTNER' } as const;

/** What each command demands. One that is not here is for ADMIN alone. */
const RULES: Readonly<Record<string, Rule>> = {
  registerOperator: () => [{ act: 'GOVERN_BOOK' }],

  registerSite: (named, command) => [
    ...named('operator', 'OPERATOR', 'MANAGE_ASSETS'),
    ...(command['ratedCurrentAmps'] == null ? [] : named('operator', 'OPERATOR', 'SET_RATINGS')),
  ],
  renameSite: about('MANAGE_ASSETS', SITE),
  correctSiteAddress: about('MANAGE_ASSETS', SITE),
  setSiteTimeZone: about('MANAGE_ASSETS', SITE),
  setSiteRatedCurrent: about('SET_RATINGS', SITE),
  transferSiteControl: about('TRANSFER_CONTROL', SITE),
  retireSite: about('MANAGE_ASSETS', SITE),

  addCircuit: (named, command) => [
    ...named('site', 'SITE', 'MANAGE_ASSETS'),
    ...named('parent', 'CIRCUIT', 'MANAGE_ASSETS'),
    ...(command['fuseRatingAmps'] == null ? [] : named('site', 'SITE', 'SET_RATINGS')),
  ],
  setCircuitFuseRating: about('SET_RATINGS', CIRCUIT),
  setMaxCircuitCurrent: about('SET_MAX_CIRCUIT', CIRCUIT),
  setOfflineFallbackCurrent: about('SET_FALLBACK', CIRCUIT),
  designatePrimaryBackplate: about('MANAGE_ASSETS', { ...CIRCUIT, ...BACKPLATE }),
  retireCircuit: about('MANAGE_ASSETS', CIRCUIT),
  setDynamicCircuitCurrent: (named) => [
    ...named('circuit', 'CIRCUIT', 'CONTROL_LIMITS'),
    ...named('charger', 'CHARGER', 'CONTROL_LIMITS'),
    ...named('charger', 'CIRCUIT_OF_CHARGER', 'CONTROL_LIMITS'),
  ],
  clearDynamicCircuitCurrent: about('CONTROL_LIMITS', CIRCUIT),

  installBackplate: about('MANAGE_ASSETS', CIRCUIT),
  rewireBackplate: about('MANAGE_ASSETS', { ...BACKPLATE, ...CIRCUIT }),
  removeBackplate: about('MANAGE_ASSETS', BACKPLATE),

  registerCharger: about('MANAGE_ASSETS', { operator: 'OPERATOR' }),
  transferChargerControl: about('TRANSFER_CONTROL', CHARGER),
  retireCharger: about('MANAGE_ASSETS', CHARGER),
  mountCharger: about('MANAGE_ASSETS', { ...CHARGER, ...BACKPLATE }),
  dismountCharger: about('MANAGE_ASSETS', CHARGER),
  relocateCharger: about('MANAGE_ASSETS', { ...CHARGER, ...BACKPLATE }),
  relocateChargers: (_named, { moves }) =>
    (Array.isArray(moves) ? (moves as AnyCommand[]) : []).flatMap((move) =>
      demandsOf({ ...move, type: 'relocateCharger' }),
    ),
  setChargerProtocol: about('MANAGE_ASSETS', CHARGER),
  setMaxChargerCurrent: about('SET_MAX_CHARGER', CHARGER),
  setDynamicChargerCurrent: about('CONTROL_LIMITS', CHARGER),
  clearDynamicChargerCurrent: about('CONTROL_LIMITS', CHARGER),
  setPhaseMode: about('CONTROL_LIMITS', CHARGER),
  enableCharger: about('CONTROL_LIMITS', CHARGER),
  disableCharger: about('CONTROL_LIMITS', CHARGER),
  setChargePlan: about('CONTROL_PLAN', CHARGER),
  removeChargePlan: about('CONTROL_PLAN', CHARGER),
  overrideSchedule: about('CONTROL_PLAN', CHARGER),
  recordObservation: about('RECORD_OBSERVATIONS', CHARGER),

  correctFact: (named, command) => correction(named, command),

  registerPartner: about('GOVERN_PARTNERS', { operator: 'OPERATOR' }),
  grantPartnerAccess: about('GOVERN_PARTNERS', PARTNER),
  endPartnerGrant: about('GOVERN_PARTNERS', PARTNER),
  warnPartner: about('GOVERN_PARTNERS', PARTNER),
  liftPartnerWarning: about('GOVERN_PARTNERS', PARTNER),
  revokePartnerAccess: about('GOVERN_PARTNERS', PARTNER),
  reinstatePartnerAccess: about('GOVERN_PARTNERS', PARTNER),

  issueCredential: (named, { role, operator, partner }) => [
    ...named('operator', 'OPERATOR', 'GOVERN_CREDENTIALS'),
    ...named('partner', 'PARTNER', 'GOVERN_CREDENTIALS'),
    // One that is of the whole book is given by who is of it, too.
    ...(role === 'ADMIN' || (operator == null && partner == null) ? [{ act: 'GOVERN_BOOK' } as const] : []),
  ],
  revokeCredential: about('GOVERN_CREDENTIALS', { credential: 'CREDENTIAL' }),
  eraseDriver: () => [{ act: 'GOVERN_BOOK' }],
};

/** A correction as it is looked at: what the wrong fact is about and of which type it is, and what is to stand instead. */
const correction: Rule = (named, command) => {
  const { kind, id, factType } = command;
  const on = { kind, id } as Named;
  const isRating = factType === 'SiteRatedCurrentSet' || factType === 'CircuitFuseRatingSet';
  const setsRating = command['ratedCurrentAmps'] !== undefined || command['fuseRatingAmps'] !== undefined;
  return [
    { act: isRating ? 'SET_RATINGS' : 'CORRECT_FACTS', on },
    ...(setsRating && kind !== 'CHARGER' ? [{ act: 'SET_RATINGS', on } as const] : []),
    ...named('backplate', 'BACKPLATE', 'CORRECT_FACTS'),
    ...named('circuit', 'CIRCUIT', 'CORRECT_FACTS'),
    ...named('site', 'SITE', 'CORRECT_FACTS'),
  ];
};

/** The commands that somebody else than ADMIN may be allowed. */
export const COMMANDS_WITH_RULES: readonly string[] = Object.keys(RULES);

/** What one must be allowed to do for a command. */
export function demandsOf(command: AnyCommand): readonly Demand[] {
  const rule = Object.hasOwn(RULES, command.type) ? RULES[command.type] : undefined;
  if (rule == null) return [{ act: 'GOVERN_BOOK' }];
  const named = (field: string, kind: Named['kind'], act: Act): Demand[] => {
    const id = command[field];
    return typeof id === 'string' ? [{ act, on: { kind, id } }] : [];
  };
  const demands = rule(named, command);
  // Nothing named, nothing allowed.
  return demands.length > 0 ? demands : [{ act: 'GOVERN_BOOK' }];
}
