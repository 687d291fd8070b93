import type { Requester } from '@chargebook/domain';
import { ForbiddenException, UnauthorizedException } from '@nestjs/common';
import type { Credentials } from './credentials';
import { bearerToken } from './credentials';

/**
 * Lets nobody on but those who see the whole book: the administrator, and auditors of no operator.
 *
 * @param what that nobody else may do, such as "follow the book"
 * @throws UnauthorizedException, ForbiddenException
 */
export async function requireWholeBook(
  credentials: Credentials,
  authorization: string | undefined,
  what: string,
): Promise<Requester> {
  const token = bearerToken(authorization);
  const identity = token == null ? undefined : await credentials.whoIs(token);
  if (identity == null) {
    const message = 'A credential is needed: send the header Authorization: Bearer <token>.';
    throw new UnauthorizedException(message);
  }
  const { requester } = identity;
  if (requester.operator == null && ['ADMIN', 'AUDITOR'].includes(requester.role)) return requester;
  throw new ForbiddenException(`Only who sees the whole book may ${what}.`);
}
