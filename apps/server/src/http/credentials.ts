import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PartnerState, Requester } from '@chargebook/domain';
import { DataDirectoryError } from '../config';

const TOKEN_PREFIX = 'cb_admin_';

/** Whom a credential stands for, and what may be done with it. */
export interface Identity {
  readonly requester: Requester;
  /** The partner as it is now, where it is one. */
  readonly partner?: PartnerState;
}

/** Tells who a bearer token stands for. */
export interface Credentials {
  /**
   * Undefined where nobody has that token.
   *
   * @throws AccessDeniedError where the access of who has it is revoked
   * @throws EventStoreUnavailableError where that cannot be told now
   */
  whoIs(token: string): Promise<Identity | undefined>;
}

/** The first of some kinds of credentials that knows a token. */
export function anyOf(...kinds: readonly Credentials[]): Credentials {
  return {
    async whoIs(token) {
      for (const kind of kinds) {
        const identity = await kind.whoIs(token);
        if (identity != null) return identity;
      }
      return undefined;
    },
  };
}

const ADMIN: Identity = { requester: { actor: { kind: 'ADMIN', id: 'admin' }, role: 'ADMIN' } };

/** The token with which everything may be done; made at the first start, readable by its owner alone. */
export async function adminCredentials(
  dataDirectory: string,
): Promise<Credentials & { readonly file: string }> {
  const file = path.join(dataDirectory, 'admin.token');
  const token = await readOrMakeToken(file).catch((error: unknown) => {
    throw new DataDirectoryError(dataDirectory, { cause: error });
  });
  const expected = digestOf(token);
  return {
    file,
    whoIs: (told) => Promise.resolve(timingSafeEqual(digestOf(told), expected) ? ADMIN : undefined),
  };
}

async function readOrMakeToken(file: string): Promise<string> {
  const token = `${TOKEN_PREFIX}${randomBytes(32).toString('base64url')}`;
  try {
    await writeFile(file, `${token}\n`, { mode: 0o600, flag: 'wx' });
    return token;
  } catch (error) {
    if ((error as { code?: string }).code !== 'EEXIST') throw error;
  }
  const kept = (await readFile(file, 'utf8')).trim();
  if (kept.length >= 32) return kept;
  throw new Error(
    `the admin token in ${file} is damaged; remove the file and start again to have a new one made.`,
  );
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

const BEARER = /^Bearer +(\S+) *$/i;

/** The token of an Authorization header. */
export function bearerToken(header: string | undefined): string | undefined {
  return header == null ? undefined : BEARER.exec(header)?.[1];
}
