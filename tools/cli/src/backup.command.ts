import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Readable as Streams } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { createGunzip, createGzip } from 'node:zlib';
import type { Command } from 'commander';
import { checkBackup } from './backup-check';
import type { TypedConnection } from './connection';
import { addConnectionOptions, serverOf } from './connection';
import { Failure } from './failures';
import type { Surroundings } from './main';

const BACKUP_TYPE = 'application/x-ndjson';

const details = `
A backup is a text of lines of JSON: every fact in the book's order, what is known of persons, and a checksum. With a name
that ends in .gz it is compressed. Read models are not in it: they are made anew from the facts.

The token is read from --token-file, else from CHARGEBOOK_TOKEN, else from DATA_DIR/admin.token (./.chargebook).

Exit codes: 0 done; 1 failed; 2 wrong usage.
`;

/** Adds the commands `backup`, `restore` and `verify`. */
export function addBackup(parent: Command, surroundings: Surroundings): void {
  addConnectionOptions(
    parent
      .command('backup')
      .description('save the whole book to a file, while it is in use')
      .argument('<file>'),
  )
    .addHelpText('after', details)
    .action((file: string, typed: TypedConnection) => save(file, typed, surroundings));
  addConnectionOptions(
    parent
      .command('restore')
      .description('bring a saved book into a server whose book is empty, or holds a first part of it')
      .argument('<file>'),
  )
    .addHelpText('after', details)
    .action((file: string, typed: TypedConnection) => restore(file, typed, surroundings));
  parent
    .command('verify')
    .description('check that a saved book is whole and in order')
    .argument('<file>')
    .addHelpText('after', details)
    .action((file: string) => verify(file, surroundings));
}

async function save(file: string, typed: TypedConnection, { stdout, env, interrupted }: Surroundings) {
  const response = await ask('backup', { method: 'GET' }, typed, { env, interrupted });
  if (response.body == null) throw new Failure('The server sent no backup.');
  // Under its own name only once it is whole.
  const unfinished = `${file}.part`;
  try {
    const body = Streams.fromWeb(response.body as ReadableStream);
    const out = createWriteStream(unfinished, { mode: 0o600 });
    await (file.endsWith('.gz') ? pipeline(body, createGzip(), out) : pipeline(body, out));
    const { facts, persons } = await checkBackup(linesOf(unfinished, file));
    await rename(unfinished, file);
    stdout.write(`Saved ${String(facts)} facts and ${String(persons)} entries of the vault to ${file}\n`);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error instanceof Failure ? error : new Failure(`The book was not saved: ${String(error)}`);
  }
}

async function restore(file: string, typed: TypedConnection, surroundings: Surroundings) {
  const { stdout, stderr, env, interrupted } = surroundings;
  await checkBackup(linesOf(file));
  const body = Streams.toWeb(textOf(file)) as unknown as NonNullable<RequestInit['body']>;
  const how = {
    method: 'POST',
    body,
    duplex: 'half',
    headers: { 'content-type': BACKUP_TYPE },
  } as RequestInit;
  const response = await ask('restore', how, typed, { env, interrupted });
  const { facts, present, hasItsKey } = (await response.json()) as {
    facts: number;
    present: number;
    hasItsKey?: boolean;
  };
  const before = present === 0 ? '' : `, of which ${String(present)} were there`;
  stdout.write(`Restored ${String(facts)} facts${before}\n`);
  if (hasItsKey === false)
    stderr.write(
      'The server does not hold the key of this book: it signs no checkpoints. Before its next start put the book’s key in\n' +
        'the place of its own (AUDIT_KEY_FILE), or take that file away.\n',
    );
}

async function verify(file: string, { stdout }: Surroundings) {
  const { facts, persons, streams, madeAt } = await checkBackup(linesOf(file));
  stdout.write(
    `${file} is whole: ${String(facts)} facts in ${String(streams)} streams, ${String(persons)} entries of the vault, saved at ${madeAt}\n`,
  );
}

async function ask(
  path: string,
  how: RequestInit,
  typed: TypedConnection,
  { env, interrupted }: Pick<Surroundings, 'env' | 'interrupted'>,
): Promise<Response> {
  const { url, token } = await serverOf(typed, env);
  const address = new URL(`/${path}`, url).href;
  const headers = { ...how.headers, authorization: `Bearer ${token}` };
  const response = await fetch(address, { ...how, headers, signal: interrupted }).catch((error: unknown) => {
    throw new Failure(`Nothing answers at ${address} (${String(error)}). Is the server running?`);
  });
  if (response.ok) return response;
  const answer = (await response.json().catch(() => undefined)) as
    { errors?: { message: string }[] } | undefined;
  throw new Failure(
    answer?.errors?.[0]?.message ?? `${address} answers with HTTP status ${String(response.status)}.`,
  );
}

/** @param name tells whether it is compressed */
function textOf(file: string, name = file): Readable {
  const raw = createReadStream(file);
  return name.endsWith('.gz') ? raw.pipe(createGunzip()) : raw;
}

async function* linesOf(file: string, name = file): AsyncGenerator<string, void, undefined> {
  await stat(file).catch(() => {
    throw new Failure(`There is no file ${file}.`);
  });
  yield* createInterface({ input: textOf(file, name), crlfDelay: Infinity });
}
