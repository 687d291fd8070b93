/** A projection, and how its lease stands. */
export interface LeaseState {
  readonly projection: string;
  readonly isMine: boolean;
  /** Nobody has it: it was given back, or not renewed in time. */
  readonly isFree: boolean;
}

/**
 * Which leases a process gives back and which it tries to take, so that all projectors have about as many. Whoever was
 * there first keeps the first of the list, newcomers begin at its end.
 *
 * @param leases of all projections that the process can keep, in the same order in every process
 * @param projectors how many processes there are, this one included
 */
export function decideShares(
  leases: readonly LeaseState[],
  projectors: number,
): { readonly give: readonly string[]; readonly take: readonly string[] } {
  const share = Math.ceil(leases.length / Math.max(1, projectors));
  const namesOf = (some: readonly LeaseState[]) => some.map(({ projection }) => projection);
  const mine = leases.filter(({ isMine }) => isMine);
  const free = leases.filter(({ isMine, isFree }) => isFree && !isMine).reverse();
  return {
    give: namesOf(mine.slice(share)),
    take: namesOf(free.slice(0, Math.max(0, share - mine.length))),
  };
}
