import type { Permission } from '../access/requester';
import { isGrantInForce } from '../access/requester';
import { checkId, checkName, checkText } from '../checks';
import type { Decision, Moment } from '../decision';
import { accept, firstRefusal, nothingToDo, refuseBackdating, refuseFuture } from '../decision';
import type { Refusal } from '../refusal';
import { refuse } from '../refusal';
import { unknownOperator } from '../site/site.decide';
import type { Instant } from '../time';
import type { PartnerState } from './partner';
import { openWarnings } from './partner';

type Absent = null | undefined;

export type PartnerCommand =
  | {
      readonly type: 'registerPartner';
      readonly id: string;
      readonly name: string;
      readonly operator: string;
    }
  | {
      readonly type: 'grantPartnerAccess';
      readonly partner: string;
      readonly permissions: readonly Permission[];
      readonly fleet?: boolean | Absent;
      readonly sites?: readonly string[] | Absent;
      readonly chargers?: readonly string[] | Absent;
      readonly until?: Instant | Absent;
    }
  | { readonly type: 'endPartnerGrant'; readonly partner: string; readonly grant: string }
  | {
      readonly type: 'warnPartner';
      readonly partner: string;
      readonly ground: string;
      readonly evidence?: readonly string[] | Absent;
      readonly remedyBy: Instant;
    }
  | { readonly type: 'liftPartnerWarning'; readonly partner: string; readonly warning: string }
  | {
      readonly type: 'revokePartnerAccess';
      readonly partner: string;
      readonly ground: string;
      readonly warning?: string | Absent;
      readonly extremeCase?: boolean | Absent;
      readonly justification?: string | Absent;
    }
  | { readonly type: 'reinstatePartnerAccess'; readonly partner: string };

/** Something that a grant names and that cannot be granted, with the input's field that names it. */
export interface UnknownAsset {
  readonly field: 'sites' | 'chargers';
  readonly id: string;
}

/** What a command about a partner is decided on. */
export interface PartnerKnowledge {
  readonly partner: PartnerState;
  /** Asked for by `registerPartner` only. */
  readonly operatorIsKnown: boolean;
  /** Of what a grant names, that which is not there, or not the operator's. */
  readonly unknownAssets: readonly UnknownAsset[];
  /** For the grant or the warning that comes to be. */
  readonly newId: string;
}

export const MOST_ASSETS_IN_A_GRANT = 500;
const MOST_EVIDENCE = 50;

export function partnerOf(command: PartnerCommand): string {
  return command.type === 'registerPartner' ? command.id : command.partner;
}

export function decidePartner(command: PartnerCommand, known: PartnerKnowledge, moment: Moment): Decision {
  const refusal = firstRefusal(
    refuseFuture(moment),
    refuseBackdating(moment),
    checkInput(command, moment),
    checkKnown(command, known.partner),
  );
  if (refusal != null) return refusal;
  const { partner } = known;
  switch (command.type) {
    case 'registerPartner':
      return register(command, known);
    case 'grantPartnerAccess':
      return grant(command, known);
    case 'endPartnerGrant':
      return endGrant(command, partner, moment);
    case 'warnPartner':
      return warn(command, known);
    case 'liftPartnerWarning':
      return lift(command, partner);
    case 'revokePartnerAccess':
      return revoke(command, partner, moment);
    case 'reinstatePartnerAccess':
      if (partner.revoked == null) return nothingToDo(`The access of ${command.partner} is not revoked.`);
      return accept({ type: 'PartnerAccessReinstated', data: { partner: command.partner } });
  }
}

function checkInput(command: PartnerCommand, { now }: Moment): Refusal | undefined {
  switch (command.type) {
    case 'registerPartner':
      return firstRefusal(checkId(command.id, 'id'), checkName(command.name, 'name'));
    case 'grantPartnerAccess':
      return checkGrant(command, now);
    case 'warnPartner':
      return firstRefusal(
        checkText(command.ground, 'ground'),
        (command.evidence ?? []).length > MOST_EVIDENCE &&
          refuse('OUT_OF_RANGE', `At most ${String(MOST_EVIDENCE)} pieces of evidence.`, {}, [
            'input',
            'evidence',
          ]),
        ...(command.evidence ?? []).map((piece) => checkText(piece, 'evidence')),
        command.remedyBy <= now &&
          refuse(
            'INVALID_TIME',
            'A fair warning leaves time to mend: remedyBy must be in the future.',
            { remedyBy: command.remedyBy, now },
            ['input', 'remedyBy'],
          ),
      );
    case 'revokePartnerAccess':
      return firstRefusal(
        checkText(command.ground, 'ground'),
        command.justification != null && checkText(command.justification, 'justification'),
      );
    case 'endPartnerGrant':
    case 'liftPartnerWarning':
    case 'reinstatePartnerAccess':
      return undefined;
  }
}

function checkGrant(
  { permissions, fleet, sites, chargers, until }: PartnerCommand & { type: 'grantPartnerAccess' },
  now: Instant,
): Refusal | undefined {
  const named = (sites ?? []).length + (chargers ?? []).length;
  return firstRefusal(
    permissions.length === 0 &&
      refuse('OUT_OF_RANGE', 'A grant needs a permission.', {}, ['input', 'permissions']),
    fleet !== true &&
      named === 0 &&
      refuse('OUT_OF_RANGE', 'A grant is on the fleet, on sites or on chargers: name some.', {}, ['input']),
    named > MOST_ASSETS_IN_A_GRANT &&
      refuse(
        'OUT_OF_RANGE',
        `A grant names at most ${String(MOST_ASSETS_IN_A_GRANT)} things; make several.`,
        { named },
        ['input'],
      ),
    until != null &&
      until <= now &&
      refuse('INVALID_TIME', 'A grant that has ended already grants nothing.', { until, now }, [
        'input',
        'until',
      ]),
  );
}

function checkKnown(command: PartnerCommand, { registeredAt }: PartnerState): Refusal | undefined {
  if (command.type === 'registerPartner' || registeredAt != null) return undefined;
  const { partner } = command;
  return refuse('NOT_FOUND', `There is no partner ${partner}.`, { partner }, ['input', 'partner']);
}

function register(command: PartnerCommand & { type: 'registerPartner' }, known: PartnerKnowledge): Decision {
  const { id: partner, name, operator } = command;
  if (known.partner.registeredAt != null)
    return refuse('ALREADY_EXISTS', `There is a partner ${partner} already.`, { id: partner }, [
      'input',
      'id',
    ]);
  if (!known.operatorIsKnown) return unknownOperator(operator);
  return accept({ type: 'PartnerRegistered', data: { partner, name, operator } });
}

function grant(command: PartnerCommand & { type: 'grantPartnerAccess' }, known: PartnerKnowledge): Decision {
  const { partner, permissions, fleet, sites, chargers, until } = command;
  const { unknownAssets, newId } = known;
  const [unknown] = unknownAssets;
  if (unknown != null) {
    const names = unknownAssets
      .slice(0, 5)
      .map(({ field, id }) => `${field === 'sites' ? 'site' : 'charger'} ${id}`);
    const message = `There is no ${names.join(', ')}.`;
    return refuse('NOT_FOUND', message, { unknownAssets }, ['input', unknown.field]);
  }
  const event = {
    type: 'PartnerAccessGranted',
    data: {
      partner,
      grant: newId,
      permissions: [...new Set(permissions)],
      fleet: fleet ?? false,
      sites: [...new Set(sites ?? [])],
      chargers: [...new Set(chargers ?? [])],
      until: until ?? undefined,
    },
  } as const;
  if (known.partner.revoked == null) return accept(event);
  const message = `The access of ${partner} is revoked: the grant counts once it is reinstated.`;
  return accept(event, { code: 'ACCESS_REVOKED', message });
}

function endGrant(
  { partner, grant: id }: PartnerCommand & { type: 'endPartnerGrant' },
  { grants }: PartnerState,
  { now }: Moment,
): Decision {
  const known = grants.find((grant) => grant.id === id);
  if (known == null)
    return refuse('NOT_FOUND', `${partner} has no grant ${id}.`, { grant: id }, ['input', 'grant']);
  if (!isGrantInForce(known, now)) return nothingToDo(`The grant ${id} has ended already.`);
  return accept({ type: 'PartnerGrantEnded', data: { partner, grant: id } });
}

function warn(command: PartnerCommand & { type: 'warnPartner' }, { newId }: PartnerKnowledge): Decision {
  const { partner, ground, evidence, remedyBy } = command;
  return accept({
    type: 'PartnerWarned',
    data: { partner, warning: newId, ground, evidence: evidence ?? [], remedyBy },
  });
}

function lift(
  { partner, warning: id }: PartnerCommand & { type: 'liftPartnerWarning' },
  { warnings }: PartnerState,
): Decision {
  const known = warnings.find((warning) => warning.id === id);
  if (known == null) return noSuchWarning(partner, id);
  if (known.liftedAt != null) return nothingToDo(`The warning ${id} was lifted at ${known.liftedAt}.`);
  return accept({ type: 'PartnerWarningLifted', data: { partner, warning: id } });
}

/** Needs a warning that was not heeded in time, or an extreme case that is justified. */
function revoke(
  command: PartnerCommand & { type: 'revokePartnerAccess' },
  state: PartnerState,
  { now }: Moment,
): Decision {
  const { partner, ground, warning: id } = command;
  const extremeCase = command.extremeCase ?? false;
  const justification = command.justification ?? undefined;
  if (state.revoked != null)
    return nothingToDo(`The access of ${partner} was revoked at ${state.revoked.at}.`);
  const open = openWarnings(state);
  const warning = id == null ? undefined : open.find((known) => known.id === id);
  if (id != null && warning == null) return noSuchWarning(partner, id);
  if (extremeCase && justification == null)
    return refuse('WARNING_REQUIRED', 'An extreme case needs a justification.', { partner }, [
      'input',
      'justification',
    ]);
  const heededInVain = warning ?? (extremeCase ? undefined : open.find(({ remedyBy }) => remedyBy <= now));
  if (!extremeCase && (heededInVain == null || heededInVain.remedyBy > now)) {
    return refuse(
      'WARNING_REQUIRED',
      'Access is revoked after a warning whose time to mend has passed, or in an extreme case with a justification.',
      { partner, now, open: open.map(({ id: of, remedyBy }) => ({ warning: of, remedyBy })) },
    );
  }
  return accept({
    type: 'PartnerAccessRevoked',
    data: { partner, ground, warning: heededInVain?.id, extremeCase, justification },
  });
}

function noSuchWarning(partner: string, warning: string): Refusal {
  return refuse('NOT_FOUND', `${partner} has no open warning ${warning}.`, { warning }, ['input', 'warning']);
}
