import { ForbiddenException, UnauthorizedException } from '@nestjs/common';
import type { Credentials } from './credentials';
import { bearerToken } from './credentials';

/**
 * Lets nobody but the administrator on.
 *
 * @param what that nobody else may do, such as "make projections anew"
 * @throws UnauthorizedException, ForbiddenException
 */
export async function requireAdministrator(
  credentials: Credentials,
  authorization: string | undefined,
  what: string,
): Promise<void> {
  const token = bearerToken(authorization);
  const identity = token == null ? undefined : await credentials.whoIs(token);
  if (identity == null) {
    const message = 'A credential is needed: send the header Authorization: Bearer <token>.';
    throw new UnauthorizedException(message);
  }
  if (identity.requester.role !== 'ADMIN')
    throw new ForbiddenException(`Only the administrator may ${what}.`);
}
