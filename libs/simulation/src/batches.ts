import type { SimulatedCommand, SimulatedObservation, Step } from './step';

/** What is told to the book in one request. */
export type Batch =
  | { readonly kind: 'COMMANDS'; readonly commands: readonly SimulatedCommand[] }
  | { readonly kind: 'OBSERVATIONS'; readonly observations: readonly SimulatedObservation[] };

export interface BatchSizes {
  readonly commands: number;
  readonly observations: number;
}

/**
 * Steps as batches. Nothing is told before what was to be told before it of the same things; a command that nobody waits
 * for may come earlier.
 */
export function* inBatches(steps: Iterable<Step>, sizes: BatchSizes): Generator<Batch> {
  let commands: SimulatedCommand[] = [];
  let observations: SimulatedObservation[] = [];
  let observed = new Set<string>();
  function* flush(): Generator<Batch> {
    if (commands.length > 0) yield { kind: 'COMMANDS', commands };
    if (observations.length > 0) yield { kind: 'OBSERVATIONS', observations };
    [commands, observations, observed] = [[], [], new Set()];
  }
  for (const step of steps) {
    if (step.kind === 'OBSERVATION') {
      observations.push(step.observation);
      observed.add(step.observation.charger);
    } else {
      if (step.things.some((thing) => observed.has(thing))) yield* flush();
      commands.push(step.command);
    }
    if (commands.length >= sizes.commands || observations.length >= sizes.observations) yield* flush();
  }
  yield* flush();
}
