import type { AnyCommand, Asset, Demand, Named, Refusal, Requester } from '@chargebook/domain';
import {
  accessRevoked,
  controllerOf,
  credentialStateOf,
  decideAccess,
  demandsOf,
  forbidden,
  partnerStateOf,
  refuse,
} from '@chargebook/domain';
import type { SettledCommand } from '../recording/command-context';
import type { Reading } from '../recording/reading';
import type { Sight } from './sight';
import { EVERYTHING, hiddenName } from './sight';

/** The one step in the path of every command that asks whether it is allowed. */
export class Authoriser {
  /**
   * @throws AccessDeniedError where one may see what the command is about, but not do that to it
   */
  async sightOf(command: AnyCommand, settled: SettledCommand, reading: Reading): Promise<Sight> {
    const requester = await this.presentRights(settled.context.requester, reading);
    if (requester.role === 'ADMIN') return EVERYTHING;
    const hidden = new Set<string>();
    for (const demand of demandsOf(await withFactType(command, reading))) {
      const { act, on } = demand;
      const asset = on == null ? undefined : await assetOf(on, requester, settled, reading);
      if (on?.kind === 'CIRCUIT_OF_CHARGER' && asset == null) continue;
      const verdict = decideAccess(requester, act, asset, settled.moment.now);
      if (verdict === 'ALLOWED') continue;
      if (on?.kind === 'CIRCUIT_OF_CHARGER') return { hidden, refusal: notInControl(demand) };
      if (verdict === 'FORBIDDEN' || on == null) throw forbidden(act);
      hidden.add(hiddenName(on.kind, on.id));
    }
    return { hidden };
  }

  /** A partner's rights as they are this very moment, whatever was known when the request came in. */
  private async presentRights(requester: Requester | undefined, reading: Reading): Promise<Requester> {
    if (requester == null) throw forbidden('a credential');
    if (requester.role !== 'PARTNER') return requester;
    const { revoked, grants } = partnerStateOf((await reading.partner(requester.actor.id)).life.recorded);
    if (revoked != null) throw accessRevoked(revoked.ground);
    return { ...requester, grants };
  }
}

/** A correction concerns what the wrong fact is: a fuse's rating is corrected by who may set it. */
async function withFactType(command: AnyCommand, reading: Reading): Promise<AnyCommand> {
  if (command.type !== 'correctFact') return command;
  const { kind, id, eventId } = command as { kind?: string; id?: string; eventId?: string };
  if (id == null || (kind !== 'SITE' && kind !== 'CIRCUIT')) return command;
  const { life } = kind === 'SITE' ? await reading.site(id) : await reading.circuit(id);
  return { ...command, factType: life.recorded.find((fact) => fact.eventId === eventId)?.type };
}

function notInControl({ on }: Demand): Refusal {
  const charger = on?.id;
  return refuse(
    'NOT_IN_CONTROL',
    `The circuit that charger ${charger ?? ''} hangs on is under the control of others.`,
    { charger },
    ['input', 'charger'],
  );
}

async function assetOf(
  { kind, id }: Named,
  requester: Requester,
  { moment }: SettledCommand,
  reading: Reading,
): Promise<Asset | undefined> {
  switch (kind) {
    case 'OPERATOR':
      return { kind, id };
    case 'SITE':
    case 'CIRCUIT':
    case 'BACKPLATE':
      return siteOf(kind, id, reading);
    case 'CIRCUIT_OF_CHARGER': {
      const backplate = (await reading.charger(id)).life.asOf(moment.occurredAt).mounting?.backplate;
      return backplate == null ? undefined : siteOf('BACKPLATE', backplate, reading);
    }
    case 'CHARGER': {
      const { life } = await reading.charger(id);
      const operator = controllerOf(life);
      if (operator == null) return undefined;
      // Where it hangs matters to grants on sites alone.
      const backplate = requester.grants?.some(({ sites }) => sites.length > 0)
        ? life.asOf(moment.now).mounting?.backplate
        : undefined;
      const site = backplate == null ? undefined : await siteOf('BACKPLATE', backplate, reading);
      return { kind, id, operator, site };
    }
    case 'PARTNER': {
      const { operator } = partnerStateOf((await reading.partner(id)).life.recorded);
      return operator == null ? undefined : { kind, id, operator };
    }
    case 'CREDENTIAL': {
      const { issuedAt, operator } = credentialStateOf((await reading.credential(id)).life.recorded);
      return issuedAt == null ? undefined : { kind, id, operator };
    }
  }
}

async function siteOf(kind: 'SITE' | 'CIRCUIT' | 'BACKPLATE', id: string, reading: Reading) {
  const circuit = kind === 'BACKPLATE' ? (await reading.backplate(id)).life.head.circuit : id;
  if (circuit == null) return undefined;
  const site = kind === 'SITE' ? id : (await reading.circuit(circuit)).life.head.site;
  if (site == null) return undefined;
  const operator = controllerOf((await reading.site(site)).life);
  return operator == null ? undefined : ({ kind: 'SITE', id: site, operator } as const);
}
