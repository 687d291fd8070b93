import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const MAX_SOCKET_PATH_BYTES = 107;
const RUNTIME_PREFIX = 'embedded-eventstore-';
const SOCKET_NAME = 'events.sock';

/** Where the server listens, and what is left behind when it does no longer. */
export interface SocketPlace {
  socketPath: string;
  remove(): void;
}

/**
 * The unix socket of a store: in its directory; in a runtime folder of its own, open to nobody else, when the path would
 * be longer than a socket's may be. To be called by the one process that has the directory: what a dead one left is removed.
 */
export function placeSocket(directory: string): SocketPlace {
  const near = path.join(directory, SOCKET_NAME);
  const pointer = path.join(directory, 'runtime-folder');
  removeAbandoned(pointer);
  rmSync(near, { force: true });
  if (Buffer.byteLength(near) <= MAX_SOCKET_PATH_BYTES) {
    return { socketPath: near, remove: () => rmSync(near, { force: true }) };
  }
  const folder = mkdtempSync(path.join(shortFolder(), RUNTIME_PREFIX));
  writeFileSync(pointer, folder);
  return { socketPath: path.join(folder, SOCKET_NAME), remove: () => removeAbandoned(pointer) };
}

function shortFolder(): string {
  const candidates = [process.env['XDG_RUNTIME_DIR'], tmpdir(), '/tmp'];
  const roomBytes = RUNTIME_PREFIX.length + SOCKET_NAME.length + 8;
  const fits = (folder: string | undefined): folder is string =>
    folder != null && folder !== '' && Buffer.byteLength(folder) + roomBytes <= MAX_SOCKET_PATH_BYTES;
  return candidates.find(fits) ?? '/tmp';
}

function removeAbandoned(pointer: string): void {
  const folder = readIfThere(pointer);
  // Only ever what this module made itself.
  if (path.basename(folder).startsWith(RUNTIME_PREFIX)) rmSync(folder, { recursive: true, force: true });
  rmSync(pointer, { force: true });
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
