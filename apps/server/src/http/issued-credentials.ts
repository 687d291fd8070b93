import { timingSafeEqual } from 'node:crypto';
import { parseToken } from '@chargebook/application';
import type { CredentialState } from '@chargebook/domain';
import { credentialStateOf, credentialStream, instantOf, isCredentialValid } from '@chargebook/domain';
import type { AccessRegister } from '@chargebook/read-models';
import type { Credentials, Identity } from './credentials';

const NO_HASH = Buffer.alloc(32);

/** Credentials that the book has issued. A token names its credential, so that finding it costs one look. */
export function issuedCredentials(register: AccessRegister): Credentials {
  return {
    async whoIs(token) {
      const told = parseToken(token);
      if (told == null) return undefined;
      const now = instantOf(Date.now());
      const known = credentialStateOf(await register.factsOf(credentialStream(told.credential)));
      // Compared also where there is none, so that the time it takes tells nothing.
      const expected = known.secretHash == null ? NO_HASH : Buffer.from(known.secretHash, 'hex');
      if (!timingSafeEqual(told.secretHash, expected) || !isCredentialValid(known, now)) return undefined;
      return identityOf(told.credential, known, register);
    },
  };
}

async function identityOf(
  credential: string,
  known: CredentialState,
  register: AccessRegister,
): Promise<Identity | undefined> {
  const { role, operator, partner, chargers } = known;
  if (role == null) return undefined;
  if (role === 'PARTNER') return partner == null ? undefined : partnerIdentity(partner, register);
  return { requester: { actor: { kind: role, id: credential }, role, operator, chargers } };
}

/** A partner by its id, with what it may do now. @throws AccessDeniedError where its access is revoked */
export async function partnerIdentity(id: string, register: AccessRegister): Promise<Identity | undefined> {
  const partner = await register.partner(id);
  if (partner?.operator == null) return undefined;
  const { operator, grants } = partner;
  return { requester: { actor: { kind: 'PARTNER', id }, role: 'PARTNER', operator, grants }, partner };
}
