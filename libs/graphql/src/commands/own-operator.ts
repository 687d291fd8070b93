import type { Requester } from '@chargebook/domain';
import { DEFAULT_OPERATOR } from '@chargebook/domain';

/** What is new belongs to the operator of who tells it, unless another one is named. */
export function withOperator(type: string, input: object, { operator }: Requester): object {
  const told = input as { readonly operator?: string | null; readonly role?: string };
  if (told.operator != null) return input;
  switch (type) {
    case 'registerSite':
    case 'registerCharger':
      return operator == null ? input : { ...input, operator };
    case 'registerPartner':
      return { ...input, operator: operator ?? DEFAULT_OPERATOR };
    case 'issueCredential':
      return { ...input, operator: operatorOfCredential(told.role, operator) };
    default:
      return input;
  }
}

/** An administrator is of none, a partner of its own; an auditor may be of none where who issues it is of none. */
function operatorOfCredential(role: string | undefined, operator: string | undefined): string | undefined {
  if (role === 'ADMIN' || role === 'PARTNER') return undefined;
  return role === 'AUDITOR' ? operator : (operator ?? DEFAULT_OPERATOR);
}
