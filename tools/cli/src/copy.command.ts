import path from 'node:path';
import type { Command } from 'commander';
import { UsageError } from './failures';
import type { Surroundings } from './main';

const description = [
  'Move the book into another event store: embedded to a cluster, back, or from one to another.',
  'Every fact is copied as it is, in the order of the whole book, and compared afterwards: ids, streams, revisions, types, data and ' +
    'metadata. So every sequence, every time of recording and every report stays what it was. The source is only read.',
].join('\n\n');

const details = `
An address is a data directory (./.chargebook), a connection string (esdb://... or esdb+discover://...), or a socket
(unix:/path/events.sock). The server of a target must not run; that of a source better not: what it records meanwhile needs
another copying. A copying that was broken off goes on where it ended. A target that holds anything else is refused.

Names of persons and tokens of drivers are not in the event store but in PostgreSQL: see docs/operations.md.

Exit codes: 0 done; 1 failed, or broken off; 2 wrong usage; 3 done, but the source has gone on since.

Example:
  chargebook copy --from ./.chargebook --to 'esdb+discover://admin:secret@events-1:2113,events-2:2113,events-3:2113?tlsCAFile=ca.crt'
`;

const SOURCE_WENT_ON = 3;

/** Adds the command `copy`. */
export function addCopy(parent: Command, surroundings: Surroundings, exitWith: (code: number) => void): void {
  parent
    .command('copy')
    .summary('move the book into another event store')
    .description(description)
    .requiredOption('--from <address>', 'the event store that has the book')
    .requiredOption('--to <address>', 'the one that is to have it: empty, or with a first part of it')
    .addHelpText('after', details)
    .action(async (typed: { from: string; to: string }) => {
      if (path.resolve(typed.from) === path.resolve(typed.to))
        throw new UsageError('Both addresses are the same.');
      // No other command needs the client, which takes its time to load.
      const { copyBetween } = await import('./copy/copy-between');
      const { facts, present, isSourceAhead } = await copyBetween(typed, surroundings);
      const before = present > 0 ? ` (${String(present)} were there before)` : '';
      surroundings.stdout.write(`Copied and compared ${String(facts)} facts${before}.\n`);
      if (!isSourceAhead) return;
      surroundings.stderr.write(
        'The source has recorded more since: stop its server, and run the same again.\n',
      );
      exitWith(SOURCE_WENT_ON);
    });
}
