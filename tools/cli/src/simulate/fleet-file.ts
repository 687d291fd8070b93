import type { Batch, Fleet, SimulatedCommand } from '@chargebook/simulation';
import { inBatches, inTimeOrder } from '@chargebook/simulation';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Failure } from '../failures';

/** Few commands wait for each other; many observations share a line. */
const sizes = { commands: 100, observations: 500 };

/**
 * Writes all that is told about a fleet as JSON lines: commands one a line, observations in batches.
 *
 * @returns how many lines
 */
export async function writeFleet(fleet: Fleet, file: string): Promise<number> {
  let count = 0;
  const counted = function* () {
    for (const line of linesOf(fleet)) {
      count++;
      yield `${JSON.stringify(line)}\n`;
    }
  };
  try {
    await pipeline(Readable.from(counted()), createWriteStream(file));
  } catch (error) {
    throw new Failure(`Cannot write ${file} (${(error as NodeJS.ErrnoException).code ?? String(error)}).`);
  }
  return count;
}

function* linesOf({ structure, lanes, finale }: Fleet): Generator<object> {
  for (const command of structure.flat()) yield command;
  const steps = inTimeOrder(lanes.map((lane) => lane.steps()));
  for (const batch of inBatches(steps, sizes)) yield* linesOfBatch(batch);
  for (const command of finale) yield lineOfFinale(command);
}

function linesOfBatch(batch: Batch): readonly object[] {
  if (batch.kind === 'COMMANDS') return batch.commands;
  return [{ mutation: 'recordObservations', input: { observations: batch.observations } }];
}

function lineOfFinale({ corrects, ...command }: SimulatedCommand): object {
  return corrects == null ? command : { ...command, corrects: corrects.options.commandId };
}
