import { checkAmps, checkExists, checkId, checkName, checkTimeZone } from '../checks';
import type { Decision, Moment } from '../decision';
import { accept, firstRefusal, nothingToDo, refuseBackdating, refuseFuture } from '../decision';
import type { Lifeline } from '../facts/lifeline';
import { DEFAULT_OPERATOR } from '../identifiers';
import type { Refusal } from '../refusal';
import { refuse } from '../refusal';
import type { GridType, SiteState } from './site';

type Absent = null | undefined;

export type SiteCommand =
  | {
      readonly type: 'registerSite';
      readonly id: string;
      readonly name: string;
      readonly address?: string | Absent;
      readonly timeZone: string;
      readonly gridType?: GridType | Absent;
      readonly ratedCurrentAmps?: number | Absent;
      readonly operator?: string | Absent;
    }
  | { readonly type: 'renameSite'; readonly site: string; readonly name: string }
  | { readonly type: 'correctSiteAddress'; readonly site: string; readonly address: string }
  | { readonly type: 'setSiteTimeZone'; readonly site: string; readonly timeZone: string }
  | { readonly type: 'setSiteRatedCurrent'; readonly site: string; readonly amps?: number | Absent }
  | { readonly type: 'transferSiteControl'; readonly site: string; readonly operator: string }
  | { readonly type: 'retireSite'; readonly site: string };

/** What a command about a site is decided on. */
export interface SiteKnowledge {
  readonly site: Lifeline<SiteState>;
  /** Whether the operator that the command names is on record; the default one always is. */
  readonly operatorIsKnown: boolean;
  /** Circuits of the site that are not retired; asked for by `retireSite` only. */
  readonly circuits: readonly string[];
}

export function siteOf(command: SiteCommand): string {
  return command.type === 'registerSite' ? command.id : command.site;
}

export function decideSite(command: SiteCommand, known: SiteKnowledge, moment: Moment): Decision {
  const refusal = refuseFuture(moment) ?? checkInput(command) ?? checkSite(command, known, moment);
  if (refusal != null) return refusal;
  switch (command.type) {
    case 'registerSite':
      return register(command, known);
    case 'renameSite':
      return accept({ type: 'SiteRenamed', data: { site: command.site, name: command.name } });
    case 'correctSiteAddress':
      return accept({ type: 'SiteAddressCorrected', data: { site: command.site, address: command.address } });
    case 'setSiteTimeZone':
      return accept({ type: 'SiteTimeZoneSet', data: { site: command.site, timeZone: command.timeZone } });
    case 'setSiteRatedCurrent':
      return setRatedCurrent(command, known.site.asOf(moment.occurredAt));
    case 'transferSiteControl':
      return transferControl(command, known, moment);
    case 'retireSite':
      return retire(command.site, known.circuits);
  }
}

function checkInput(command: SiteCommand): Refusal | undefined {
  switch (command.type) {
    case 'registerSite':
      return firstRefusal(
        checkId(command.id, 'id'),
        checkName(command.name, 'name'),
        checkName(command.address, 'address'),
        checkTimeZone(command.timeZone),
        checkAmps(command.ratedCurrentAmps, 'ratedCurrentAmps'),
      );
    case 'renameSite':
      return checkName(command.name, 'name');
    case 'correctSiteAddress':
      return checkName(command.address, 'address');
    case 'setSiteTimeZone':
      return checkTimeZone(command.timeZone);
    case 'setSiteRatedCurrent':
      return checkAmps(command.amps, 'amps');
    case 'transferSiteControl':
    case 'retireSite':
      return undefined;
  }
}

function checkSite(command: SiteCommand, { site }: SiteKnowledge, moment: Moment): Refusal | undefined {
  if (command.type === 'registerSite') return undefined;
  const { registeredAt: since, retiredAt } = site.head;
  return checkExists({ noun: 'site', id: command.site, since, retiredAt }, moment.occurredAt, 'site');
}

function register(command: SiteCommand & { type: 'registerSite' }, known: SiteKnowledge): Decision {
  const { id: site, name, address, timeZone, gridType, ratedCurrentAmps, operator } = command;
  if (known.site.head.registeredAt != null) {
    return refuse('ALREADY_EXISTS', `There is a site ${site} already.`, { id: site }, ['input', 'id']);
  }
  if (!known.operatorIsKnown) return unknownOperator(operator);
  return accept({
    type: 'SiteRegistered',
    data: {
      site,
      name,
      address: address ?? undefined,
      timeZone,
      gridType: gridType ?? 'TN',
      ratedCurrentAmps: ratedCurrentAmps ?? undefined,
      operator: operator ?? DEFAULT_OPERATOR,
    },
  });
}

function setRatedCurrent(
  { site, amps }: SiteCommand & { type: 'setSiteRatedCurrent' },
  state: SiteState,
): Decision {
  if (amps == null && state.ratedCurrentAmps == null)
    return nothingToDo(`The site ${site} has no rated current that could be cleared.`);
  return accept({ type: 'SiteRatedCurrentSet', data: { site, amps: amps ?? undefined } });
}

function transferControl(
  command: SiteCommand & { type: 'transferSiteControl' },
  known: SiteKnowledge,
  moment: Moment,
): Decision {
  const { site, operator } = command;
  const refusal = refuseBackdating(moment) ?? (known.operatorIsKnown ? undefined : unknownOperator(operator));
  return refusal ?? accept({ type: 'SiteControlTransferred', data: { site, operator } });
}

function retire(site: string, circuits: readonly string[]): Decision {
  if (circuits.length === 0) return accept({ type: 'SiteRetired', data: { site } });
  return refuse('NOT_EMPTY', `The site ${site} still has circuits: ${circuits.slice(0, 5).join(', ')}.`, {
    circuits,
  });
}

export function unknownOperator(operator: string | Absent): Refusal {
  return refuse('NOT_FOUND', `There is no operator ${operator ?? ''}.`, { operator }, ['input', 'operator']);
}
