import type { Decision, Moment } from '../decision';
import { accept, nothingToDo, refuseBackdating, refuseFuture } from '../decision';
import { refuse } from '../refusal';
import type { PersonState } from './person';

/** @param driver the reference that facts hold; absent where nobody is known by what was told */
export function decideErasure(driver: string | undefined, person: PersonState, moment: Moment): Decision {
  const refusal = refuseFuture(moment) ?? refuseBackdating(moment);
  if (refusal != null) return refusal;
  if (driver == null)
    return refuse('NOT_FOUND', 'Nobody is known by that reference.', {}, ['input', 'driverReference']);
  if (person.erasedAt != null) return nothingToDo(`This driver was forgotten at ${person.erasedAt}.`);
  return accept({ type: 'DriverErased', data: { driver } });
}
