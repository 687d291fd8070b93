import { createWriteStream } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify/sync';
import { UsageError } from '../failures';
import type { Reject } from './session-row';

const heading = 'line,reason,message,row\n';

/**
 * Makes sure that rejects can go to this file without harm to another.
 *
 * @throws UsageError when it is the input, or a file that no import has written
 */
export async function checkRejectsFile(file: string, input: string): Promise<void> {
  if ((await realPathOf(file)) === (await realPathOf(input))) {
    throw new UsageError('--rejects names the input itself. Choose another file.');
  }
  const beginning = await beginningOf(file, heading.length);
  if (beginning != null && beginning !== '' && beginning !== heading) {
    throw new UsageError(`${file} exists and holds no rejects. Choose another file with --rejects.`);
  }
}

/** Writes the rejects in the order of their lines. For the file's owner only, for rows may name people. */
export async function writeRejects(file: string, rejects: Reject[]): Promise<void> {
  const ordered = rejects.toSorted((a, b) => a.line - b.line);
  const lines = ordered.map(({ line, reason, message, text }) => stringify([[line, reason, message, text]]));
  await pipeline(Readable.from([heading, ...lines]), createWriteStream(file, { mode: 0o600 }));
}

async function realPathOf(file: string): Promise<string> {
  return realpath(file).catch(() => path.resolve(file));
}

async function beginningOf(file: string, length: number): Promise<string | undefined> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (handle == null) return undefined;
  const { buffer, bytesRead } = await handle
    .read(Buffer.alloc(length), 0, length, 0)
    .finally(() => handle.close());
  return buffer.toString('utf8', 0, bytesRead);
}
