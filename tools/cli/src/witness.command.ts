import { setTimeout as delay } from 'node:timers/promises';
import { parseVerifierKey } from '@chargebook/transparency';
import type { Command } from 'commander';
import { serverOf } from './connection';
import { Failure, UsageError } from './failures';
import type { Surroundings } from './main';
import { differencesOf } from './witness/check';
import { followOnce } from './witness/follow';
import { SilenceError, ToldBook } from './witness/told-book';
import { Violation, VIOLATIONS } from './witness/violation';
import { WitnessCopy } from './witness/witness-copy';

type Typed = { server?: string; tokenFile?: string; dir: string };
type TypedFollow = Typed & { once?: boolean; every: string; name?: string; trust?: string };

const DEFAULT_SECONDS = '30';

const details = `
A witness looks at the book's last checkpoint again and again: is it signed by the book's key, and has the book only grown since
it looked last? It keeps the leaf of every entry and every checkpoint in its folder, signs what is in order with a key of its
own, and sends that to the book. The first time, it believes the key that the server tells, unless --trust names another.

A token of an AUDITOR is enough: from --token-file, else from CHARGEBOOK_TOKEN, else from DATA_DIR/admin.token.

Exit codes: 0 in order; 1 not done, such as no answer; 2 wrong usage; 3 rolled back: the book ends before what was signed;
4 forked: two books were signed for one size; 5 rewritten: an entry is another one, which is named; 6 not signed by the book's key;
7 the witness's own copy is damaged.
`;

/** Adds `witness` and `witness check`. */
export function addWitness(
  program: Command,
  surroundings: Surroundings,
  exitWith: (code: number) => void,
): void {
  const witness = program
    .command('witness')
    .description('follow a book from elsewhere, and see that it only grows')
    .option('--once', 'look once, not again and again')
    .option('--every <seconds>', 'between two looks', DEFAULT_SECONDS)
    .option('--name <name>', 'the name of a new witness (default: witness/ and the name of the machine)')
    .option('--trust <key>', 'a key of the book to believe, as name+id+key')
    .addHelpText('after', details);
  addPlace(witness).action((typed: TypedFollow) =>
    telling(exitWith, surroundings, () => follow(typed, surroundings)),
  );
  const check = witness
    .command('check')
    .description('compare event store, ledger and tree, entry by entry, with what the witness has seen')
    .addHelpText(
      'after',
      '\nExit codes: 0 all is as it was; 5 it is not, and the first entry in each place is named; others as for witness.',
    );
  addPlace(check).action((_typed: Typed, command: Command) =>
    telling(exitWith, surroundings, () => checkAll(command.optsWithGlobals<Typed>(), surroundings)),
  );
}

function addPlace(command: Command): Command {
  return command
    .option('--server <url>', "the server's address (default: CHARGEBOOK_URL, else http://127.0.0.1:4000)")
    .option('--token-file <path>', 'the file that holds the token')
    .option('--dir <folder>', "the witness's own folder", './witness');
}

async function follow(typed: TypedFollow, surroundings: Surroundings): Promise<void> {
  const { stdout, stderr, nowMs, interrupted } = surroundings;
  const everyMs = Number(typed.every) * 1_000;
  if (!(everyMs > 0)) throw new UsageError('--every takes a number of seconds above 0.');
  const book = await bookOf(typed, surroundings);
  const copy = await WitnessCopy.open(typed.dir, typed.name);
  try {
    if (typed.trust != null) await believe(copy, typed.trust);
    do {
      try {
        const { size, added } = await followOnce(book, copy, nowMs);
        if (added > 0 || typed.once === true)
          stdout.write(`In order: ${String(size)} entries, ${String(added)} of them new.\n`);
      } catch (error) {
        if (!(error instanceof SilenceError) || typed.once === true) throw error;
        stderr.write(`chargebook: ${error.message}\n`);
      }
      if (typed.once === true) return;
      await delay(everyMs, undefined, { signal: interrupted }).catch(() => undefined);
    } while (interrupted?.aborted !== true);
  } finally {
    await copy.close();
  }
}

/** A key that a person has told: it signs from where the witness is. */
async function believe(copy: WitnessCopy, told: string): Promise<void> {
  const key = parseKey(told);
  const known = copy.keys;
  if (known.some((span) => Buffer.from(span.key.publicKey).equals(key.publicKey))) return;
  const until = copy.size;
  const former = known.map((span) => ({ ...span, until: span.until ?? until }));
  await copy.trustKeys([...former, { key, from: known.length === 0 ? 0 : until }]);
}

function parseKey(told: string) {
  try {
    return parseVerifierKey(told);
  } catch (error) {
    throw new UsageError(`--trust: ${(error as Error).message}.`);
  }
}

async function checkAll(typed: Typed, surroundings: Surroundings): Promise<void> {
  const book = await bookOf(typed, surroundings);
  const copy = await WitnessCopy.open(typed.dir);
  try {
    if (copy.size === 0) throw new Failure(`Nothing was witnessed in ${typed.dir} yet.`);
    const differences = await differencesOf(book, copy);
    if (differences.length > 0)
      throw new Violation(
        'REWRITTEN',
        `The book is not what was witnessed.\n${differences.map(({ where, what }) => `  ${where}: ${what}\n`).join('')}`.trimEnd(),
      );
    surroundings.stdout.write(
      `As witnessed: ${String(copy.size)} entries in event store, ledger and tree.\n`,
    );
  } finally {
    await copy.close();
  }
}

async function bookOf({ server, tokenFile }: Typed, { env, interrupted }: Surroundings): Promise<ToldBook> {
  const { url, token } = await serverOf({ url: server, tokenFile }, env);
  return new ToldBook(url, token, interrupted);
}

async function telling(
  exitWith: (code: number) => void,
  { stderr }: Surroundings,
  job: () => Promise<void>,
): Promise<void> {
  try {
    await job();
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    stderr.write(`chargebook: ${error.message}\n`);
    exitWith(VIOLATIONS[error.kind]);
  }
}
