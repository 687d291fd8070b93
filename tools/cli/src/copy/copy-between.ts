import { EmbeddedEventStoreError } from '@chargebook/embedded-eventstore';
import type { Copied } from '@chargebook/event-store';
import { copyBook } from '@chargebook/event-store';
import { Failure, UsageError } from '../failures';
import { startProgress } from '../import-sessions/progress';
import type { Surroundings } from '../main';
import type { Engine } from './engine';
import { openSource, openTarget } from './engine';

/** Written and verified make one half each. */
const STEPS = 100;

/**
 * Copies the book from one address to another, and shows how far it is.
 *
 * @throws Failure
 */
export async function copyBetween(
  typed: { from: string; to: string },
  { stderr, interrupted }: Surroundings,
): Promise<Copied> {
  const engines: Engine[] = [];
  try {
    const from = await openSource(typed.from);
    engines.push(from);
    const to = await openTarget(typed.to);
    engines.push(to);
    const progress = startProgress(STEPS, stderr, 'per cent');
    let shown = 0;
    const onProgress = ({ written, verified }: { written: number; verified: number }) => {
      const reached = Math.floor(((written + verified) / 2) * STEPS);
      progress.advance(reached - shown);
      shown = reached;
    };
    try {
      return await copyBook({ from: from.address, to: to.address, signal: interrupted, onProgress });
    } finally {
      progress.stop();
    }
  } catch (error) {
    throw failureOf(error, interrupted);
  } finally {
    for (const engine of engines.reverse()) await engine.close();
  }
}

function failureOf(error: unknown, interrupted: AbortSignal | undefined): Error {
  if (error instanceof Failure || error instanceof UsageError) return error;
  if (interrupted?.aborted === true) return new Failure('Broken off: run the same again to go on.');
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof EmbeddedEventStoreError) return new Failure(message);
  return new Failure(`The book is not copied. ${message}`);
}
