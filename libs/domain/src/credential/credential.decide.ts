import type { Role } from '../access/requester';
import { checkName } from '../checks';
import type { Decision, Moment } from '../decision';
import { accept, firstRefusal, nothingToDo, refuseBackdating, refuseFuture } from '../decision';
import type { PartnerState } from '../partner/partner';
import type { Refusal } from '../refusal';
import { refuse } from '../refusal';
import { unknownOperator } from '../site/site.decide';
import type { Instant } from '../time';
import type { CredentialState } from './credential';

type Absent = null | undefined;

export type CredentialCommand =
  | {
      readonly type: 'issueCredential';
      readonly role: Role;
      /** Of a person or a machine; kept in the vault, not in the book. */
      readonly name: string;
      readonly operator?: string | Absent;
      readonly partner?: string | Absent;
      readonly chargers?: readonly string[] | Absent;
      readonly expiresAt?: Instant | Absent;
    }
  | { readonly type: 'revokeCredential'; readonly credential: string };

/** What a command about a credential is decided on. */
export interface CredentialKnowledge {
  readonly credential: CredentialState;
  readonly operatorIsKnown: boolean;
  /** The partner that the command names. */
  readonly partner?: PartnerState;
  readonly unknownChargers: readonly string[];
  /** What comes to be. */
  readonly issued: { readonly credential: string; readonly secretHash: string };
}

const MOST_CHARGERS = 100;

export function decideCredential(
  command: CredentialCommand,
  known: CredentialKnowledge,
  moment: Moment,
): Decision {
  const refusal = firstRefusal(refuseFuture(moment), refuseBackdating(moment));
  if (refusal != null) return refusal;
  if (command.type === 'issueCredential') return issue(command, known, moment);
  const { credential } = command;
  const { issuedAt, revokedAt } = known.credential;
  if (issuedAt == null)
    return refuse('NOT_FOUND', `There is no credential ${credential}.`, { credential }, [
      'input',
      'credential',
    ]);
  if (revokedAt != null) return nothingToDo(`The credential ${credential} was revoked at ${revokedAt}.`);
  return accept({ type: 'CredentialRevoked', data: { credential } });
}

function issue(
  command: CredentialCommand & { type: 'issueCredential' },
  known: CredentialKnowledge,
  { now }: Moment,
): Decision {
  const { role, expiresAt } = command;
  const refusal = firstRefusal(
    checkName(command.name, 'name'),
    checkBelonging(command),
    expiresAt != null &&
      expiresAt <= now &&
      refuse('INVALID_TIME', 'A credential that has expired already is of no use.', { expiresAt, now }, [
        'input',
        'expiresAt',
      ]),
    !known.operatorIsKnown && unknownOperator(command.operator),
    command.partner != null &&
      known.partner?.registeredAt == null &&
      refuse('NOT_FOUND', `There is no partner ${command.partner}.`, { partner: command.partner }, [
        'input',
        'partner',
      ]),
    known.unknownChargers.length > 0 &&
      refuse(
        'NOT_FOUND',
        `There is no charger ${known.unknownChargers.slice(0, 5).join(', ')}.`,
        { chargers: known.unknownChargers },
        ['input', 'chargers'],
      ),
  );
  if (refusal != null) return refusal;
  const { credential, secretHash } = known.issued;
  return accept({
    type: 'CredentialIssued',
    data: {
      credential,
      role,
      operator: role === 'PARTNER' ? known.partner?.operator : (command.operator ?? undefined),
      partner: command.partner ?? undefined,
      chargers: command.chargers == null ? undefined : [...new Set(command.chargers)],
      secretHash,
      expiresAt: expiresAt ?? undefined,
    },
  });
}

/** A role says whose a credential must be: only ADMIN and AUDITOR can be of the whole book. */
function checkBelonging({
  role,
  operator,
  partner,
  chargers,
}: CredentialCommand & { type: 'issueCredential' }): Refusal | undefined {
  const wrong = (field: string, why: string) => refuse('OUT_OF_RANGE', why, { role }, ['input', field]);
  return firstRefusal(
    role === 'PARTNER' && partner == null && wrong('partner', 'A PARTNER credential names its partner.'),
    role !== 'PARTNER' && partner != null && wrong('partner', `A ${role} is of no partner.`),
    role === 'ADMIN' && operator != null && wrong('operator', 'An ADMIN is of no operator.'),
    !['ADMIN', 'AUDITOR', 'PARTNER'].includes(role) &&
      operator == null &&
      wrong('operator', `A credential for ${role} names its operator.`),
    role === 'USER' && (chargers ?? []).length === 0 && wrong('chargers', 'A USER is one of named chargers.'),
    role !== 'USER' &&
      role !== 'DEVICE' &&
      chargers != null &&
      wrong('chargers', `A ${role} is not bound to chargers.`),
    (chargers ?? []).length > MOST_CHARGERS &&
      wrong('chargers', `At most ${String(MOST_CHARGERS)} chargers.`),
  );
}
