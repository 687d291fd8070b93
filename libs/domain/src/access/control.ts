import type { Fact } from '../facts/fact';
import type { Lifeline } from '../facts/lifeline';
import type { Instant } from '../time';

/** From a place in the book on, an operator has control. */
export interface ControlTaken {
  readonly operator: string;
  /** When the book learned it. */
  readonly since: Instant;
}

/**
 * Who had control of a charger or a site, one after the other. Access follows the order of recording: what a fact says
 * of its own time, and what corrections say of it, changes nothing.
 *
 * @param recorded facts of one thing in book order
 */
export function controlOver(recorded: readonly Fact[]): ControlTaken[] {
  const taken: ControlTaken[] = [];
  for (const fact of recorded) {
    const isTransfer = fact.type === 'ChargerControlTransferred' || fact.type === 'SiteControlTransferred';
    const isFirst = fact.type === 'ChargerRegistered' || fact.type === 'SiteRegistered';
    // Registered once more, after a retraction: control stays where it is.
    if (isTransfer || (isFirst && taken.length === 0))
      taken.push({ operator: fact.data.operator, since: fact.metadata.recordedAt });
  }
  return taken;
}

/** Who has control now. */
export function controllerOf(life: Pick<Lifeline<unknown>, 'recordedNamed'>): string | undefined {
  return controlOver(life.recordedNamed(asControl, CONTROL)).at(-1)?.operator;
}

const CONTROL = 'control';
const OF_CONTROL: ReadonlySet<Fact['type']> = new Set([
  'ChargerRegistered',
  'SiteRegistered',
  'ChargerControlTransferred',
  'SiteControlTransferred',
]);

function asControl({ type }: Fact): string | undefined {
  return OF_CONTROL.has(type) ? CONTROL : undefined;
}
