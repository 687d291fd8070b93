const BLOCK_BYTES = 512;
const REGULAR_FILE = new Set(['0', '\0', '']);

/** It is no archive, or ends too early. */
export class TarError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TarError';
  }
}

/**
 * The files of a tar archive by their names, without the folders that they lie in.
 *
 * @throws TarError
 */
export function filesInTar(archive: Uint8Array): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (let at = 0; at + BLOCK_BYTES <= archive.length;) {
    const header = archive.subarray(at, at + BLOCK_BYTES);
    if (header.every((byte) => byte === 0)) return files;
    if (textIn(header, 257, 5) !== 'ustar') throw new TarError('it is not a tar archive');
    const bytes = Number.parseInt(textIn(header, 124, 12).trim(), 8);
    const begin = at + BLOCK_BYTES;
    if (!Number.isSafeInteger(bytes) || begin + bytes > archive.length)
      throw new TarError('the archive ends before its last file');
    const name = textIn(header, 0, 100).split('/').at(-1) ?? '';
    if (REGULAR_FILE.has(textIn(header, 156, 1)) && name !== '') {
      if (files.has(name)) throw new TarError(`${name} is in the archive twice`);
      files.set(name, archive.subarray(begin, begin + bytes));
    }
    at = begin + Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;
  }
  throw new TarError(files.size === 0 ? 'it is not a tar archive' : 'the archive ends before its last file');
}

/** Unpacks what gzip has packed. @throws TypeError where it is something else */
export async function gunzip(packed: Blob): Promise<Uint8Array> {
  const stream = packed.stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function textIn(header: Uint8Array, from: number, length: number): string {
  const field = header.subarray(from, from + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}
