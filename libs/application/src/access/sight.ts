import type { Refusal } from '@chargebook/domain';

/** What a command may look at: all, but what is hidden from who sends it. */
export interface Sight {
  /** Things that are as if they were not there, by `hiddenName`. */
  readonly hidden: ReadonlySet<string>;
  /** The command is not done, and may be told why. */
  readonly refusal?: Refusal;
}

export function hiddenName(kind: string, id: string): string {
  return `${kind} ${id}`;
}

export const EVERYTHING: Sight = { hidden: new Set() };
