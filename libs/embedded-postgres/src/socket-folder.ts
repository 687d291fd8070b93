import { createHash } from 'node:crypto';
import { lstat, mkdir, readlink, rm, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { EmbeddedPostgresError, errnoOf } from './errors';

/** What a socket address can hold, without its closing zero. */
const maxSocketPathBytes = process.platform === 'darwin' ? 103 : 107;
/** Room for the longest socket name below the folder, with its slash. */
const longestNameBytes = 36;

/** A name of the data folder that is short enough for the sockets in it. */
export interface SocketFolder {
  readonly path: string;
  remove(): Promise<void>;
}

/**
 * The data folder itself where its path is short enough; otherwise a link to it in a private runtime folder. The sockets
 * stay in the data folder, so that a later process finds them whatever its runtime folder is.
 */
export async function socketFolderFor(
  directory: string,
  runtimeFolders: readonly string[] = usualRuntimeFolders(),
): Promise<SocketFolder> {
  if (fits(directory)) return { path: directory, remove: () => Promise.resolve() };
  const owner = String(process.getuid?.());
  const name = `chargebook-${owner}-${createHash('sha256').update(directory).digest('hex').slice(0, 12)}`;
  for (const runtimeFolder of runtimeFolders) {
    const folder = path.join(runtimeFolder, name);
    const link = path.join(folder, 'd');
    if (fits(link) && (await isPrivate(folder)) && (await isLinkTo(link, directory))) {
      return { path: link, remove: () => rm(folder, { recursive: true, force: true }) };
    }
  }
  throw new EmbeddedPostgresError(
    'DATA_DIRECTORY_NOT_WRITABLE',
    `${directory} is too long a path for sockets, and none of ${runtimeFolders.join(', ')} can hold a short private folder: choose a shorter data folder`,
  );
}

function usualRuntimeFolders(): string[] {
  const folders = [process.env['XDG_RUNTIME_DIR'], os.tmpdir(), '/tmp'];
  return folders.filter((folder): folder is string => folder != null && folder !== '');
}

function fits(folder: string): boolean {
  return Buffer.byteLength(folder) + longestNameBytes <= maxSocketPathBytes;
}

/** Others may write where runtime folders are: only one that we own and that nobody else enters will do. */
async function isPrivate(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') return false;
  }
  const found = await lstat(folder).catch(() => undefined);
  return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
}

async function isLinkTo(link: string, directory: string): Promise<boolean> {
  try {
    await symlink(directory, link);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') return false;
  }
  return (await readlink(link).catch(() => undefined)) === directory;
}
