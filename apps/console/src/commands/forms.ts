import { texts } from '../texts';
import type { CommandName } from './command-texts';
import type { FieldSpec } from './form-fields';

/** A command as people fill it in. */
export interface Form {
  readonly title: string;
  readonly lead?: string;
  readonly fields: readonly FieldSpec[];
  /** Access follows the order of the book: such commands take no time of their own. */
  readonly isTimeless?: boolean;
  /** The reason is part of the input, not of the options. */
  readonly hasOwnReason?: boolean;
}

const { fields: names, forms: words, choices } = texts;

const optionsOf = (labels: Readonly<Record<string, string>>) =>
  Object.entries(labels).map(([value, label]) => ({ value, label }));

const charger: FieldSpec = { name: 'charger', kind: 'charger', label: names.charger };
const backplate: FieldSpec = { name: 'backplate', kind: 'backplate', label: names.backplate };
const emptyPlace: FieldSpec = { ...backplate, onlyEmpty: true };
const circuit: FieldSpec = { name: 'circuit', kind: 'circuit', label: names.circuit };
const site: FieldSpec = { name: 'site', kind: 'site', label: names.site };
const operator: FieldSpec = {
  name: 'operator',
  kind: 'text',
  label: names.operator,
  hint: names.operatorHint,
};
const partner: FieldSpec = { name: 'partner', kind: 'text', label: names.partner };
const timeToLive: FieldSpec = {
  name: 'timeToLiveSeconds',
  kind: 'seconds',
  label: names.timeToLive,
  hint: names.timeToLiveHint,
  isOptional: true,
};
const amps: FieldSpec = { name: 'amps', kind: 'amps', label: names.amps };
const ampsOrNone: FieldSpec = { ...amps, isOptional: true, hint: names.ampsOrNoneHint };
const phases: FieldSpec = { name: 'amps', kind: 'phases', label: names.phases };
const phasesOrNone: FieldSpec = { ...phases, isOptional: true, hint: names.ampsOrNoneHint };
const id = (hint: string): FieldSpec => ({ name: 'id', kind: 'text', label: names.id, hint });

const form = (words: { title: string; lead?: string }, ...fields: FieldSpec[]): Form => ({
  ...words,
  fields,
});

/** The plan editor and the bulk moves have pages of their own. */
export const forms: Record<Exclude<CommandName, 'setChargePlan' | 'relocateChargers'>, Form> = {
  registerOperator: {
    ...form(words.registerOperator, id(names.idHint), { name: 'name', kind: 'text', label: names.name }),
    isTimeless: true,
  },
  registerSite: form(
    words.registerSite,
    id(names.idHint),
    { name: 'name', kind: 'text', label: names.name },
    { name: 'address', kind: 'text', label: names.address, isOptional: true },
    { name: 'timeZone', kind: 'zone', label: names.timeZone },
    {
      name: 'gridType',
      kind: 'choice',
      label: names.gridType,
      options: optionsOf(choices.gridTypes),
      initial: 'TN',
    },
    { name: 'ratedCurrentAmps', kind: 'amps', label: names.rated, isOptional: true, hint: names.unknownHint },
  ),
  renameSite: form(words.renameSite, site, { name: 'name', kind: 'text', label: names.name }),
  correctSiteAddress: form(words.correctSiteAddress, site, {
    name: 'address',
    kind: 'text',
    label: names.address,
  }),
  setSiteTimeZone: form(words.setSiteTimeZone, site, {
    name: 'timeZone',
    kind: 'zone',
    label: names.timeZone,
  }),
  setSiteRatedCurrent: form(words.setSiteRatedCurrent, site, ampsOrNone),
  transferSiteControl: { ...form(words.transferSiteControl, site, operator), isTimeless: true },
  retireSite: form(words.retireSite, site),
  addCircuit: form(
    words.addCircuit,
    id(names.idHint),
    site,
    { name: 'name', kind: 'text', label: names.name, isOptional: true },
    { name: 'fuseRatingAmps', kind: 'amps', label: names.fuse, isOptional: true, hint: names.unknownHint },
    { name: 'parent', kind: 'circuit', label: names.parent, isOptional: true, hint: names.parentHint },
  ),
  setCircuitFuseRating: form(words.setCircuitFuseRating, circuit, ampsOrNone),
  setMaxCircuitCurrent: form(words.setMaxCircuitCurrent, circuit, phasesOrNone),
  setOfflineFallbackCurrent: form(words.setOfflineFallbackCurrent, circuit, phasesOrNone),
  designatePrimaryBackplate: form(words.designatePrimaryBackplate, circuit, backplate),
  setDynamicCircuitCurrent: form(words.setDynamicCircuitCurrent, circuit, phases, timeToLive),
  clearDynamicCircuitCurrent: form(words.clearDynamicCircuitCurrent, circuit),
  retireCircuit: form(words.retireCircuit, circuit),
  installBackplate: form(words.installBackplate, id(names.idHint), circuit, {
    name: 'label',
    kind: 'text',
    label: names.label,
    isOptional: true,
  }),
  rewireBackplate: form(words.rewireBackplate, backplate, circuit),
  removeBackplate: form(words.removeBackplate, backplate),
  registerCharger: form(
    words.registerCharger,
    { name: 'serial', kind: 'text', label: names.serial, hint: names.idHint },
    { name: 'model', kind: 'text', label: names.model, isOptional: true },
    {
      name: 'productLine',
      kind: 'choice',
      label: names.productLine,
      options: optionsOf(choices.productLines),
      initial: 'HOME',
    },
    {
      name: 'ratedCurrentAmps',
      kind: 'amps',
      label: names.chargerRated,
      isOptional: true,
      hint: names.unknownHint,
    },
    {
      name: 'protocol',
      kind: 'choice',
      label: names.protocol,
      options: optionsOf(choices.protocols),
      initial: 'NATIVE',
    },
  ),
  mountCharger: form(words.mountCharger, charger, emptyPlace),
  dismountCharger: form(words.dismountCharger, charger, {
    name: 'destination',
    kind: 'choice',
    label: names.destination,
    options: optionsOf(choices.destinations),
    initial: 'STORE',
  }),
  relocateCharger: form(words.relocateCharger, charger, emptyPlace),
  transferChargerControl: { ...form(words.transferChargerControl, charger, operator), isTimeless: true },
  retireCharger: form(words.retireCharger, charger),
  setMaxChargerCurrent: form(words.setMaxChargerCurrent, charger, ampsOrNone),
  setDynamicChargerCurrent: form(words.setDynamicChargerCurrent, charger, amps, timeToLive),
  clearDynamicChargerCurrent: form(words.clearDynamicChargerCurrent, charger),
  setChargerProtocol: form(words.setChargerProtocol, charger, {
    name: 'protocol',
    kind: 'choice',
    label: names.protocol,
    options: optionsOf(choices.protocols),
    initial: 'NATIVE',
  }),
  setPhaseMode: form(
    words.setPhaseMode,
    charger,
    {
      name: 'mode',
      kind: 'choice',
      label: names.mode,
      options: optionsOf(choices.phaseModes),
      initial: 'AUTO',
    },
    {
      name: 'singlePhase',
      kind: 'seconds',
      label: names.singlePhase,
      isOptional: true,
      when: { field: 'mode', is: 'LOCKED_1' },
    },
  ),
  enableCharger: form(words.enableCharger, charger),
  disableCharger: form(words.disableCharger, charger),
  removeChargePlan: form(words.removeChargePlan, charger),
  overrideSchedule: form(words.overrideSchedule, charger),
  correctFact: {
    ...form(
      words.correctFact,
      { name: 'eventId', kind: 'text', label: names.eventId },
      { name: 'reason', kind: 'text', label: names.reason },
      {
        name: 'replacementOccurredAt',
        kind: 'instant',
        label: names.replacementOccurredAt,
        hint: names.replacementHint,
        isOptional: true,
      },
      { name: 'replacementData', kind: 'json', label: names.replacementData, isOptional: true },
    ),
    isTimeless: true,
    hasOwnReason: true,
  },
  registerPartner: {
    ...form(words.registerPartner, id(names.idHint), { name: 'name', kind: 'text', label: names.name }),
    isTimeless: true,
  },
  grantPartnerAccess: {
    ...form(
      words.grantPartnerAccess,
      partner,
      {
        name: 'permissions',
        kind: 'choices',
        label: names.permissions,
        options: optionsOf(choices.permissions),
      },
      { name: 'fleet', kind: 'yes', label: names.fleet, initial: 'no', options: optionsOf(choices.fleet) },
      {
        name: 'sites',
        kind: 'list',
        label: names.sites,
        isOptional: true,
        when: { field: 'fleet', is: 'no' },
      },
      {
        name: 'chargers',
        kind: 'list',
        label: names.chargers,
        isOptional: true,
        when: { field: 'fleet', is: 'no' },
      },
      { name: 'until', kind: 'instant', label: names.until, isOptional: true },
    ),
    isTimeless: true,
  },
  endPartnerGrant: {
    ...form(words.endPartnerGrant, partner, { name: 'grant', kind: 'text', label: names.grant }),
    isTimeless: true,
  },
  warnPartner: {
    ...form(
      words.warnPartner,
      partner,
      { name: 'ground', kind: 'long', label: names.ground },
      { name: 'remedyBy', kind: 'instant', label: names.remedyBy },
    ),
    isTimeless: true,
  },
  liftPartnerWarning: {
    ...form(words.liftPartnerWarning, partner, { name: 'warning', kind: 'text', label: names.warning }),
    isTimeless: true,
  },
  revokePartnerAccess: {
    ...form(
      words.revokePartnerAccess,
      partner,
      { name: 'ground', kind: 'long', label: names.ground },
      {
        name: 'extremeCase',
        kind: 'yes',
        label: names.extremeCase,
        initial: 'no',
        options: optionsOf(choices.yesNo),
      },
      { name: 'warning', kind: 'text', label: names.warning, when: { field: 'extremeCase', is: 'no' } },
      {
        name: 'justification',
        kind: 'long',
        label: names.justification,
        when: { field: 'extremeCase', is: 'yes' },
      },
    ),
    isTimeless: true,
  },
  reinstatePartnerAccess: { ...form(words.reinstatePartnerAccess, partner), isTimeless: true },
  issueCredential: {
    ...form(
      words.issueCredential,
      {
        name: 'role',
        kind: 'choice',
        label: names.role,
        options: optionsOf(choices.roles),
        initial: 'OPERATOR',
      },
      { name: 'name', kind: 'text', label: names.name },
      { ...operator, isOptional: true },
      { ...partner, isOptional: true },
      { name: 'chargers', kind: 'list', label: names.chargers, isOptional: true },
      { name: 'expiresAt', kind: 'instant', label: names.expiresAt, isOptional: true },
    ),
    isTimeless: true,
  },
  revokeCredential: {
    ...form(words.revokeCredential, { name: 'credential', kind: 'text', label: names.credential }),
    isTimeless: true,
  },
};
