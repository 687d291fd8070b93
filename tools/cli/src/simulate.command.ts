import type { FleetMake, Send } from '@chargebook/simulation';
import { BookTakenError, fillBook, simulateFleet } from '@chargebook/simulation';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { TypedConnection } from './connection';
import { addConnectionOptions, connect } from './connection';
import { Failure } from './failures';
import type { Progress } from './import-sessions/progress';
import { startProgress } from './import-sessions/progress';
import type { Surroundings } from './main';
import { writeFleet } from './simulate/fleet-file';

/** The options as commander hands them over. */
type Typed = TypedConnection & {
  chargers: number;
  sites: number;
  months: number;
  seed: number;
  prefix?: string;
  until?: number;
  concurrency: number;
  out?: string;
};

const description = [
  'Tell the book the life of a made-up fleet.',
  'Sites in three time zones with circuits and backplates; chargers with moves, limits, power cuts and faults; about 0.9 ' +
    'sessions a charger a day, with energy and readings. All goes through the public API. The same arguments make the ' +
    'same fleet; run again, the command goes on where it was broken off, and tells nothing twice.',
].join('\n\n');

const details = `
With --out nothing is sent: each line of the file is a mutation with its input and options, in an order in which the book
takes them. A line with "corrects" names the command whose fact it corrects; the input's eventId is to be added.

Exit codes: 0 all told; 1 failed, broken off (run it again to go on) or partly refused; 2 wrong usage.

Example:
  chargebook simulate --chargers 1000 --sites 40 --months 12 --seed 7
`;

/** Adds the command \`simulate\`. */
export function addSimulate(
  parent: Command,
  surroundings: Surroundings,
  exitWith: (code: number) => void,
): void {
  const command = parent
    .command('simulate')
    .summary('tell the book the life of a made-up fleet')
    .description(description)
    .option('--chargers <count>', 'how many chargers', wholeFrom(1, 100_000), 60)
    .option('--sites <count>', 'how many sites', wholeFrom(1, 10_000), 8)
    .option('--months <count>', 'how long they have lived', wholeFrom(1, 240), 18)
    .option('--seed <number>', 'another seed makes another fleet', wholeFrom(0, 2 ** 31), 1)
    .option('--prefix <letters>', 'begins all ids, so that several fleets can be in one book', readPrefix)
    .option('--until <instant>', 'the end of their life (default: now)', readInstant)
    .option('--concurrency <count>', 'requests under way at once', wholeFrom(1, 256), 64)
    .option('--out <path>', 'write the commands to a file, one a line, and send nothing');
  addConnectionOptions(command)
    .addHelpText('after', details)
    .action(async (typed: Typed) => {
      exitWith(await simulate(typed, surroundings));
    });
}

async function simulate(typed: Typed, surroundings: Surroundings): Promise<number> {
  const { chargers: chargerCount, sites: siteCount, months, seed, prefix, out } = typed;
  const make: FleetMake = { chargerCount, siteCount, months, seed, prefix };
  const untilMs = typed.until ?? surroundings.nowMs();
  if (out == null) return fill(make, untilMs, typed, surroundings);
  const lineCount = await writeFleet(simulateFleet({ ...make, untilMs }), out);
  surroundings.stdout.write(`${lineCount.toLocaleString('en-US')} lines in ${out}\n`);
  return 0;
}

async function fill(
  make: FleetMake,
  nowMs: number,
  typed: Typed,
  surroundings: Surroundings,
): Promise<number> {
  const { stdout, stderr, interrupted } = surroundings;
  const clients = {
    CONSOLE: await connect(typed, surroundings, 'CONSOLE'),
    DEVICE: await connect(typed, surroundings, 'DEVICE'),
  };
  const send: Send = ({ query, variables, channel }) => clients[channel].request(query, variables);
  const startedAt = performance.now();
  let progress: Progress | undefined;
  let shown = 0;
  const { wasComplete, toldCount, refused } = await fillBook(send, make, {
    nowMs,
    concurrency: typed.concurrency,
    signal: interrupted,
    onProgress: (told, whole) => {
      progress ??= startProgress(whole, stderr, 'facts');
      progress.advance(told - shown);
      shown = told;
    },
  })
    .catch((error: unknown) => {
      throw error instanceof BookTakenError ? new Failure(`${error.message} Another --prefix helps.`) : error;
    })
    .finally(() => progress?.stop());
  if (interrupted?.aborted) throw new Failure('Interrupted. Run the same command again to go on.');
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (wasComplete) stdout.write('The book holds this fleet already, all of it.\n');
  else stdout.write(`${toldCount.toLocaleString('en-US')} commands and observations told in ${seconds} s\n`);
  for (const { code, message } of refused.slice(0, 10))
    stderr.write(`refused: ${code ?? ''} ${message ?? ''}\n`);
  if (refused.length > 0) stderr.write(`${refused.length} were refused.\n`);
  return refused.length === 0 ? 0 : 1;
}

function wholeFrom(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It is a whole number from ${least} to ${most}.`);
  };
}

function readPrefix(text: string): string {
  if (/^[A-Za-z0-9._:-]{1,8}$/.test(text)) return text;
  throw new InvalidArgumentError('It is 1 to 8 of A-Z a-z 0-9 . _ : -');
}

/** In epoch milliseconds. */
function readInstant(text: string): number {
  const instantMs = /^\d{4}-\d{2}-\d{2}(T.*(Z|[+-]\d{2}:\d{2}))?$/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(instantMs))
    throw new InvalidArgumentError('It is an instant such as 2026-01-31T12:00:00Z.');
  return instantMs;
}
