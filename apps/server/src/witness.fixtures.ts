import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Database } from '@chargebook/read-models';
import { Book } from './book.fixtures';
import { chargebook, eventually, ServerProcess, temporaryFolder } from './server-process.fixtures';
import type { Said } from './server-process.fixtures';

/** A line of a backup, as far as a forger cares. */
export interface Line {
  fact?: { type: string; stream: string; revision: number; data: Record<string, unknown> };
  audit?: { table: string };
  end?: { facts: number; sha256: string };
}

/** A book to be witnessed: a site, chargers on its walls, and what happened to them. */
export async function recordSome(book: Book): Promise<void> {
  await book.record('registerOperator', { id: 'north', name: 'North' });
  await book.record('registerSite', { id: 'yard', name: 'Yard', timeZone: 'UTC', operator: 'north' });
  await book.record('addCircuit', { id: 'row', site: 'yard', fuseRatingAmps: 32 });
  for (const n of ['1', '2']) {
    await book.record('installBackplate', { id: `p${n}`, circuit: 'row' });
    await book.record('registerCharger', { serial: `u${n}`, operator: 'north' });
    await book.record('mountCharger', { charger: `u${n}`, backplate: `p${n}` });
  }
}

/** Has the book signed as far as it goes. @returns its size */
export async function signAll(server: ServerProcess, book: Book): Promise<number> {
  let [head, size] = [0, -1];
  await eventually('all of the book is signed', async () => {
    await book.caughtUp();
    head = await book.head();
    size = await signedSize(server, head);
    return size === head;
  });
  return size;
}

async function signedSize(server: ServerProcess, covering: number): Promise<number> {
  const response = await fetch(`${server.url}/audit/checkpoint?covering=${String(covering)}`, {
    headers: { authorization: `Bearer ${server.adminToken}` },
  });
  return ((await response.json()) as { size?: number }).size ?? -1;
}

/** The database of a server's read models, for whoever has the machine. */
export function databaseOf({ dataDirectory }: ServerProcess): Database {
  const engines = JSON.parse(readFileSync(path.join(dataDirectory, 'engines.json'), 'utf8')) as {
    database: object;
  };
  return new Database(engines.database);
}

export function witness(server: ServerProcess, folder: string, ...args: string[]): Promise<Said> {
  return chargebook(server, 'witness', ...args, '--dir', folder);
}

/**
 * Another server that goes by the same name, has the same keys, and holds a book that was changed: whoever has the machine and the
 * key can do no more. What the book had signed is forgotten.
 */
export async function forgedServer(
  original: ServerProcess,
  forge: (facts: Line[]) => Line[],
): Promise<ServerProcess> {
  const folder = temporaryFolder();
  const [saved, forged] = [path.join(folder, 'book.jsonl'), path.join(folder, 'forged.jsonl')];
  await chargebook(original, 'backup', saved);
  const lines = readFileSync(saved, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  const facts = rechained(forge(lines.filter(({ fact }) => fact != null)));
  const kept = lines.filter(
    ({ fact, audit, end }) =>
      fact == null && end == null && !['checkpoint', 'cosignature'].includes(audit?.table ?? ''),
  );
  const text = [...kept, ...facts].map((line) => `${JSON.stringify(line)}\n`).join('');
  const sha256 = createHash('sha256').update(text).digest('hex');
  const persons = kept.filter((line) => 'vault' in line).length;
  writeFileSync(forged, `${text}${JSON.stringify({ end: { facts: facts.length, persons, sha256 } })}\n`);
  const data = path.join(folder, 'data');
  mkdirSync(data);
  const server = await ServerProcess.start(data);
  const restored = await chargebook(server, 'restore', forged);
  if (restored.code !== 0) throw new Error(restored.stderr);
  copyFileSync(path.join(original.dataDirectory, 'audit.key'), path.join(data, 'audit.key'));
  await signAll(server, new Book(server));
  return server;
}

/** Revisions without gaps, as a store wants them. */
function rechained(lines: readonly Line[]): Line[] {
  const next = new Map<string, number>();
  return lines.map(({ fact }) => {
    if (fact == null) return {};
    const revision = next.get(fact.stream) ?? 0;
    next.set(fact.stream, revision + 1);
    return { fact: { ...fact, revision } };
  });
}
