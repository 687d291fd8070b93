/** Why somebody who is known is not let through: not allowed this, or not allowed anything any more. */
export type DenialCode = 'FORBIDDEN' | 'ACCESS_REVOKED';

/** Who asks may see the thing, but not this of it, or not do this to it. */
export class AccessDeniedError extends Error {
  constructor(
    readonly code: DenialCode,
    message: string,
  ) {
    super(message);
    this.name = 'AccessDeniedError';
  }
}

export function forbidden(act: string): AccessDeniedError {
  return new AccessDeniedError('FORBIDDEN', `This is not allowed to you: it needs ${act}.`);
}

export function accessRevoked(ground: string): AccessDeniedError {
  return new AccessDeniedError('ACCESS_REVOKED', `The access is revoked: ${ground}`);
}
