import type { Requester, Role } from '@chargebook/domain';
import { isId, ROLES } from '@chargebook/domain';
import type { AccessRegister } from '@chargebook/read-models';
import { createHash } from 'node:crypto';
import type { JWTPayload, JWTVerifyGetKey } from 'jose';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import type { Credentials, Identity } from './credentials';
import { partnerIdentity } from './issued-credentials';

/** An issuer whose JWTs are taken, and for whom they must be made. */
export interface OidcIssuer {
  /** As the tokens name it; its keys are found by its own description of itself. */
  readonly issuer: string;
  readonly audience: string;
}

/** Clocks differ; so much is forgiven in `exp`, `nbf` and `iat`. */
const CLOCK_SKEW_SECONDS = 60;
const DISCOVERY_TIMEOUT_MS = 5_000;
/** Signed with a key that only the issuer has: what is merely hashed with a shared one is not taken. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

/** The issuer cannot be asked for its keys: nobody can be let in, or turned away, by it now. */
export class IssuerUnavailableError extends Error {
  constructor(options: { cause: unknown }) {
    super('the issuer of the token is out of reach', options);
    this.name = 'IssuerUnavailableError';
  }
}

/**
 * JWTs of an OpenID Connect issuer. The claim `chargebook` says what they make of who holds them:
 * `{"role": "OPERATOR", "operator": "north"}`, with `partner` for a PARTNER and `chargers` for a USER or a DEVICE.
 */
export function oidcCredentials(of: OidcIssuer, register: AccessRegister): Credentials {
  let keys: Promise<JWTVerifyGetKey> | undefined;
  const keysOfIssuer = (): Promise<JWTVerifyGetKey> => {
    keys ??= discoverKeys(of.issuer).catch((error: unknown) => {
      keys = undefined;
      throw error;
    });
    return keys;
  };
  return {
    async whoIs(token) {
      if (token.split('.').length !== 3) return undefined;
      const payload = await verified(token, await keysOfIssuer(), of);
      return payload == null ? undefined : identityOf(payload, register);
    },
  };
}

async function verified(
  token: string,
  keys: JWTVerifyGetKey,
  { issuer, audience }: OidcIssuer,
): Promise<JWTPayload | undefined> {
  try {
    const options = {
      issuer,
      audience,
      algorithms: ALGORITHMS,
      clockTolerance: CLOCK_SKEW_SECONDS,
      requiredClaims: ['exp', 'sub'],
    };
    return (await jwtVerify(token, keys, options)).payload;
  } catch (error) {
    if (error instanceof errors.JWKSTimeout) throw new IssuerUnavailableError({ cause: error });
    if (error instanceof errors.JOSEError) return undefined;
    throw new IssuerUnavailableError({ cause: error });
  }
}

async function discoverKeys(issuer: string): Promise<JWTVerifyGetKey> {
  try {
    const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const response = await fetch(address, { signal: AbortSignal.timeout(DISCOVERY_TIMEOUT_MS) });
    const description = (await response.json()) as { issuer?: unknown; jwks_uri?: unknown };
    if (description.issuer !== issuer || typeof description.jwks_uri !== 'string')
      throw new Error('the issuer describes another one, or no keys');
    return createRemoteJWKSet(new URL(description.jwks_uri), { timeoutDuration: DISCOVERY_TIMEOUT_MS });
  } catch (error) {
    throw new IssuerUnavailableError({ cause: error });
  }
}

/** Undefined where the claims make nobody of who holds the token. */
async function identityOf(payload: JWTPayload, register: AccessRegister): Promise<Identity | undefined> {
  const claim = payload['chargebook'];
  if (typeof claim !== 'object' || claim == null) return undefined;
  const told = claim as Readonly<Record<string, unknown>>;
  const role = ROLES.find((known) => known === told['role']);
  const operator = textOf(told['operator']);
  const partner = textOf(told['partner']);
  if (role == null) return undefined;
  if (role === 'PARTNER') return partner == null ? undefined : partnerIdentity(partner, register);
  const chargers = Array.isArray(told['chargers']) ? told['chargers'].filter(isText) : undefined;
  const requester = requesterOf(role, payload.sub ?? '', operator, chargers);
  return requester == null ? undefined : { requester };
}

function requesterOf(
  role: Role,
  subject: string,
  operator: string | undefined,
  chargers: string[] | undefined,
): Requester | undefined {
  const isOfWholeBook = role === 'ADMIN' || (role === 'AUDITOR' && operator == null);
  if (!isOfWholeBook && operator == null) return undefined;
  const isBoundToChargers = role === 'USER' || role === 'DEVICE';
  return {
    actor: { kind: role, id: actorIdOf(subject) },
    role,
    operator: role === 'ADMIN' ? undefined : operator,
    chargers: role === 'USER' ? (chargers ?? []) : isBoundToChargers ? chargers : undefined,
  };
}

/** A subject that cannot be an id is made one, always the same. */
function actorIdOf(subject: string): string {
  const id = `oidc:${subject}`;
  return isId(id) ? id : `oidc:${createHash('sha256').update(subject).digest('hex').slice(0, 40)}`;
}

function textOf(value: unknown): string | undefined {
  return isText(value) && isId(value) ? value : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
