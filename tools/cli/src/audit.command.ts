import type { InclusionAnswer } from './audit-answers';
import { checkedConsistency, checkedInclusion, INCLUSION } from './audit-answers';
import {
  followKeys,
  formatVerifierKey,
  NoteError,
  openSucceeded,
  parseVerifierKey,
} from '@chargebook/transparency';
import type { KeySpan, OpenedCheckpoint } from '@chargebook/transparency';
import type { Command } from 'commander';
import type { TypedConnection } from './connection';
import { addConnectionOptions, connect, serverOf } from './connection';
import { Failure, UsageError } from './failures';
import type { Surroundings } from './main';
import type { ToldCheckpoint } from './witness/told-book';
import { ToldBook } from './witness/told-book';

type Typed = TypedConnection & { trust?: string };

const details = `
What the server tells is checked here before it is shown: signatures by the book's key, proofs up to a signed root. Without
--trust the book's first key is believed as the server tells it.

Exit codes: 0 in order; 1 not, or no answer; 2 wrong usage.
`;

/** Adds `audit checkpoint`, `audit prove`, `audit consistency` and `audit rotate-key`. */
export function addAudit(program: Command, surroundings: Surroundings): void {
  const audit = program
    .command('audit')
    .description('what the book can prove of itself')
    .addHelpText('after', details);
  addChecked(audit.command('checkpoint').description('show the last signed checkpoint')).action(
    (typed: Typed) => showCheckpoint(typed, surroundings),
  );
  addChecked(
    audit
      .command('prove')
      .description('prove that a fact stands in the signed book, and show it')
      .argument('<sequence>'),
  ).action((sequence: string, typed: Typed) => prove(wholeNumber(sequence), typed, surroundings));
  addChecked(
    audit
      .command('consistency')
      .description('prove that the book only grew from one size to another')
      .argument('<from>')
      .argument('<to>'),
  ).action((from: string, to: string, typed: Typed) =>
    proveConsistency(wholeNumber(from), wholeNumber(to), typed, surroundings),
  );
  addConnectionOptions(
    audit
      .command('rotate-key')
      .description('give the book another key, which the present one signs; for the administrator')
      .option('--lost', 'the present key is lost: witnesses must be told of the new one by hand'),
  ).action((typed: TypedConnection & { lost?: boolean }) => rotate(typed, surroundings));
}

function addChecked(command: Command): Command {
  return addConnectionOptions(command).option(
    '--trust <key>',
    'a key of the book to believe, as name+id+key',
  );
}

async function showCheckpoint(typed: Typed, surroundings: Surroundings): Promise<void> {
  const told = await (await bookOf(typed, surroundings)).checkpoint();
  const { size } = opened(told, typed);
  const lines = told.cosignatures.map(({ line }) => line).join('');
  surroundings.stdout.write(`${told.note}${lines}`);
  surroundings.stderr.write(
    `Signed at ${told.signedAt}: ${String(size)} facts; ${String(told.cosignatures.length)} witnesses.\n`,
  );
}

async function prove(sequence: number, typed: Typed, surroundings: Surroundings): Promise<void> {
  const told = await (await bookOf(typed, surroundings)).checkpointCovering(sequence);
  const checkpoint = opened(told, typed);
  const client = await connect(typed, surroundings, 'CONSOLE');
  const variables = { sequence: String(sequence), size: String(checkpoint.size) };
  const { proof } = await client.request<{ proof: InclusionAnswer | null }>(INCLUSION, variables);
  if (proof == null) throw new Failure(`There is no fact ${String(sequence)}, or none for you.`);
  const problem = checkedInclusion(proof, sequence, checkpoint);
  if (problem != null) throw new Failure(`Fact ${String(sequence)} is not proved: ${problem}.`);
  surroundings.stdout.write(`${proof.head}\n${proof.content == null ? '' : `${proof.content}\n`}`);
  surroundings.stderr.write(
    `Proved: fact ${String(sequence)} is so in the book of ${String(checkpoint.size)} facts that ${checkpoint.origin} has signed.\n`,
  );
}

async function proveConsistency(
  from: number,
  to: number,
  typed: Typed,
  surroundings: Surroundings,
): Promise<void> {
  const book = await bookOf(typed, surroundings);
  const [old, grown] = [await book.checkpointCovering(from), await book.checkpointCovering(to)];
  const checkpoints = [opened(old, typed), opened(grown, typed)] as const;
  const hashes = await book.consistency(old.size, grown.size);
  if (!checkedConsistency(...checkpoints, hashes))
    throw new Failure(
      `It is not proved that the book of ${String(old.size)} facts became that of ${String(grown.size)}.`,
    );
  surroundings.stdout.write(
    `Proved: the signed book of ${String(grown.size)} facts begins with that of ${String(old.size)}.\n`,
  );
}

async function rotate(
  typed: TypedConnection & { lost?: boolean },
  surroundings: Surroundings,
): Promise<void> {
  const keys = await (await bookOf(typed, surroundings)).rotateKey(typed.lost === true);
  surroundings.stdout.write(`${keys.at(-1)?.key ?? ''}\n`);
  surroundings.stderr.write(
    typed.lost === true
      ? 'The book has a new key that nothing leads to: tell it to all witnesses (--trust).\n'
      : 'The book has a new key; who knows the former one can follow.\n',
  );
}

/** @throws Failure where it is not signed by the book's key */
function opened(told: ToldCheckpoint, { trust }: Typed): OpenedCheckpoint {
  const introductions = told.keys.flatMap(({ introduction }) => introduction ?? []);
  try {
    const start = parseVerifierKey(trust ?? told.keys[0]?.key ?? '');
    const keys = followKeys([spanOf(start, told)], introductions);
    return openSucceeded(told.note, keys);
  } catch (error) {
    if (error instanceof NoteError)
      throw new Failure(`The checkpoint is not to be trusted: ${error.message}.`);
    throw error;
  }
}

/** A key that is told to be one of the later ones signs from its introduction on. */
function spanOf(key: ReturnType<typeof parseVerifierKey>, { keys }: ToldCheckpoint): KeySpan {
  const told = keys.find((one) => one.key === formatVerifierKey(key));
  const size = Number(told?.introduction?.split('\n')[1] ?? '0');
  return { key, from: Number.isSafeInteger(size) ? size : 0 };
}

async function bookOf(typed: TypedConnection, { env, interrupted }: Surroundings): Promise<ToldBook> {
  const { url, token } = await serverOf(typed, env);
  return new ToldBook(url, token, interrupted);
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new UsageError(`"${text}" is not a sequence or a size such as 42.`);
}
