import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Failure } from '../failures';

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

export type Line = { line: number; text: string };

/**
 * Tells a file's encoding: by its byte-order mark, else UTF-8 where every byte of it fits, else Windows-1252.
 * Reads the whole file, for one odd letter near its end decides.
 */
export async function sniffEncoding(file: string): Promise<Encoding> {
  const marked = await byteOrderMark(file);
  if (marked != null) return marked;
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of createReadStream(file)) decoder.decode(chunk as Buffer, { stream: true });
    decoder.decode();
    return 'utf-8';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'windows-1252';
    throw unreadable(file, error);
  }
}

async function byteOrderMark(file: string): Promise<Encoding | undefined> {
  const bytes = Buffer.alloc(3);
  try {
    const handle = await open(file, 'r');
    await handle.read(bytes, 0, 3, 0).finally(() => handle.close());
  } catch (error) {
    throw unreadable(file, error);
  }
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return undefined;
}

function unreadable(file: string, error: unknown): Failure {
  return new Failure(`Cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
}

/** The lines of a file, numbered from 1, without their line ends and without a byte-order mark. */
export async function* readLines(file: string, encoding: Encoding): AsyncGenerator<Line> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  let rest = '';
  let line = 0;
  for await (const chunk of createReadStream(file)) {
    rest += decoder.decode(chunk as Buffer, { stream: true });
    const texts = rest.split(/\r\n|\n|\r(?!$)/);
    rest = texts.pop() ?? '';
    for (const text of texts) yield { line: ++line, text };
  }
  rest += decoder.decode();
  if (rest !== '') yield { line: ++line, text: rest.replace(/\r$/, '') };
}
