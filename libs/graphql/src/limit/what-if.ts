import type { Supposition } from '@chargebook/domain';
import { PageRequestError } from '@chargebook/read-models';

type Input<Type extends Supposition['type']> = Omit<Extract<Supposition, { readonly type: Type }>, 'type'>;

/** Exactly one of these, as the schema has it. */
export interface WhatIf {
  readonly mount?: Input<'relocateCharger'>;
  readonly plan?: Input<'setChargePlan'>;
  readonly noPlan?: boolean;
  readonly fuse?: Input<'setCircuitFuseRating'>;
  readonly siteRated?: Input<'setSiteRatedCurrent'>;
  readonly maxCircuit?: Input<'setMaxCircuitCurrent'>;
  readonly dynamicCircuit?: Input<'setDynamicCircuitCurrent'>;
  readonly maxCharger?: Input<'setMaxChargerCurrent'>;
  readonly dynamicCharger?: Input<'setDynamicChargerCurrent'>;
}

const TYPE_OF = {
  mount: 'relocateCharger',
  plan: 'setChargePlan',
  fuse: 'setCircuitFuseRating',
  siteRated: 'setSiteRatedCurrent',
  maxCircuit: 'setMaxCircuitCurrent',
  dynamicCircuit: 'setDynamicCircuitCurrent',
  maxCharger: 'setMaxChargerCurrent',
  dynamicCharger: 'setDynamicChargerCurrent',
} as const;

const MOST_CHANGES = 50;

/** @throws PageRequestError for more changes than anyone thinks of at once */
export function suppositionsOf(charger: string, whatIf: readonly WhatIf[]): Supposition[] {
  if (whatIf.length > MOST_CHANGES)
    throw new PageRequestError(`whatIf takes at most ${String(MOST_CHANGES)} changes.`);
  return whatIf.flatMap((change) => suppositionOf(charger, change));
}

function suppositionOf(charger: string, change: WhatIf): Supposition[] {
  if (change.noPlan != null) return change.noPlan ? [{ type: 'removeChargePlan', charger }] : [];
  const name = (Object.keys(TYPE_OF) as (keyof typeof TYPE_OF)[]).find((key) => change[key] != null);
  return name == null ? [] : [{ ...change[name], type: TYPE_OF[name] } as Supposition];
}
