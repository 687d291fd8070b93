import type { Role } from '../access/requester';
import type { Fact } from '../facts/fact';
import { inBookOrder } from '../facts/in-book-order';
import type { EffectiveFact, Evolution } from '../facts/lifeline';
import type { Instant } from '../time';

export type CredentialEvent =
  | {
      readonly type: 'CredentialIssued';
      readonly data: {
        readonly credential: string;
        readonly role: Role;
        /** Of whom it is; absent: of the whole book. */
        readonly operator?: string;
        readonly partner?: string;
        readonly chargers?: readonly string[];
        /** SHA-256, hexadecimal, of a secret of 256 random bits. The secret itself is nowhere. */
        readonly secretHash: string;
        readonly expiresAt?: Instant;
      };
    }
  | { readonly type: 'CredentialRevoked'; readonly data: { readonly credential: string } };

export interface CredentialState {
  readonly issuedAt?: Instant;
  readonly role?: Role;
  readonly operator?: string;
  readonly partner?: string;
  readonly chargers?: readonly string[];
  readonly secretHash?: string;
  readonly expiresAt?: Instant;
  readonly revokedAt?: Instant;
}

export const credentialEvolution: Evolution<CredentialState> = {
  initial: {},
  evolve(state: CredentialState, fact: EffectiveFact): CredentialState {
    const event = fact as EffectiveFact & CredentialEvent;
    const at = fact.metadata.recordedAt;
    switch (event.type) {
      case 'CredentialIssued': {
        const { credential: _, ...told } = event.data;
        return { ...told, issuedAt: at };
      }
      case 'CredentialRevoked':
        return { ...state, revokedAt: at };
    }
  },
};

/** Whether it lets anybody in at an instant. */
export function isCredentialValid({ issuedAt, revokedAt, expiresAt }: CredentialState, at: Instant): boolean {
  return issuedAt != null && revokedAt == null && (expiresAt == null || at < expiresAt);
}

/** A credential as its facts make it, in the order of recording. */
export function credentialStateOf(recorded: readonly Fact[]): CredentialState {
  return inBookOrder(credentialEvolution, recorded);
}
