import type { EventOf } from '../events';
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
  for (const { type, data, metadata } of recorded.filter(givesControl)) {
    // Registered once more, after a retraction: control stays where it is.
    const isTransfer = type === 'ChargerControlTransferred' || type === 'SiteControlTransferred';
    if (isTransfer || taken.length === 0) taken.push({ operator: data.operator, since: metadata.recordedAt });
  }
  return taken;
}

/** Who has control now. */
export function controllerOf(life: Pick<Lifeline<unknown>, 'recordedNamed'>): string | undefined {
  return controlOver(life.recordedNamed(asControl, CONTROL)).at(-1)?.operator;
}

const CONTROL = 'control';

function asControl(fact: Fact): string | undefined {
  return givesControl(fact) ? CONTROL : undefined;
}

type ControlEvent = EventOf<
  'ChargerRegistered' | 'SiteRegistered' | 'ChargerControlTransferred' | 'SiteControlTransferred'
>;

const GIVING_CONTROL: ReadonlySet<string> = new Set<ControlEvent['type']>([
  'ChargerRegistered',
  'SiteRegistered',
  'ChargerControlTransferred',
  'SiteControlTransferred',
]);

function givesControl(fact: Fact): fact is Fact<ControlEvent> {
  return GIVING_CONTROL.has(fact.type);
}
