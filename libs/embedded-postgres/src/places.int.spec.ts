import { chmod, chown, cp, lstat, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { isRoot, namedAccount } from './account';
import { installedPostgres } from './binaries';
import type { Installation } from './binaries';
import { startSupervised } from './embedded-postgres';
import type { SupervisionOptions } from './embedded-postgres';
import { startEmbeddedPostgres } from './index';
import {
  afterwards,
  buildOwnerProgram,
  cleanUp,
  newDirectory,
  query,
  startOwner,
  stopOwner,
} from './owners.fixtures';

let owner: Awaited<ReturnType<typeof buildOwnerProgram>>;
let installation: Installation;
let closed: string;
beforeAll(async () => {
  owner = await buildOwnerProgram();
  const { root, version } = await installedPostgres();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'chargebook-test-'));
  installation = { root: path.join(folder, 'native'), version };
  await cp(root, installation.root, { recursive: true, verbatimSymlinks: true });
  closed = await mkdtemp(path.join(os.tmpdir(), 'chargebook-test-'));
});
afterAll(async () => {
  await owner.remove();
  await rm(closed, { recursive: true, force: true });
  await rm(path.dirname(installation.root), { recursive: true, force: true });
});
afterEach(cleanUp);

async function start(options: SupervisionOptions) {
  const postgres = await startSupervised({ durable: false, ...options });
  afterwards(() => postgres.stop());
  return postgres;
}

/** A temporary folder of that mode. */
async function folderOf(mode: number): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'chargebook-test-'));
  afterwards(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, mode);
  return folder;
}

/** Lets others into the installation's folder, or not. */
const setInstallationMode = (mode: number) => chmod(path.dirname(installation.root), mode);

/** As npm leaves the installation when install scripts are off. */
async function removeLinks(): Promise<void> {
  const lib = path.join(installation.root, 'lib');
  const links = (await readdir(lib, { withFileTypes: true })).filter((entry) => entry.isSymbolicLink());
  await Promise.all(links.map((entry) => rm(path.join(lib, entry.name))));
}

const ownerOf = async (file: string) => (await stat(file)).uid;

describe('where the data is', () => {
  it('may be below a folder that others cannot enter', async () => {
    const postgres = await start({ directory: path.join(closed, 'still/closed/postgres') });

    await query(postgres, 'CREATE TABLE fact AS SELECT 42 AS value');
    expect(await ownerOf(postgres.connection.host)).not.toBe(0);
  });

  it('may be a copy, made by somebody with other habits', async () => {
    const copy = path.join(closed, 'copied');
    await cp(path.join(closed, 'still/closed/postgres'), copy, { recursive: true });
    await chmod(path.join(copy, 'pgdata'), 0o755);

    const postgres = await start({ directory: copy });

    expect(await query(postgres, 'SELECT value FROM fact')).toEqual([42]);
  });

  it('may have a path too long for sockets: they get a short private name', async () => {
    const directory = path.join(closed, 'long-'.repeat(20), 'postgres');
    await mkdir(path.dirname(directory));
    await rename(path.join(closed, 'copied'), directory);
    const postgres = await start({ directory });
    const runtimeFolder = path.dirname(path.dirname(postgres.connection.host));

    expect(await query(postgres, 'SELECT value FROM fact')).toEqual([42]);
    expect(postgres.connection.host.length).toBeLessThan(directory.length);
    expect((await stat(runtimeFolder)).mode & 0o777).toBe(0o700);
    await expect(startEmbeddedPostgres({ directory })).rejects.toMatchObject({ code: 'POSTGRES_IN_USE' });
    expect(await query(postgres, 'SELECT value FROM fact')).toEqual([42]);

    await postgres.stop();
    await expect(stat(runtimeFolder)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('where the programs are', () => {
  it('may be below a folder that the server cannot enter: it runs a copy', async () => {
    await setInstallationMode(0o700);
    const open = await folderOf(0o755);
    const directory = path.join(closed, 'still/closed/postgres');

    const postgres = await start({ directory, installation, copyFolders: [open] });

    expect(await query(postgres, 'SELECT 1')).toEqual([1]);
    expect(await readdir(open)).toHaveLength(isRoot() ? 1 : 0);
  });

  it('may lack the links that an install script makes: they are made', async () => {
    await setInstallationMode(0o755);
    await removeLinks();

    const postgres = await start({ directory: await newDirectory(), installation, copyFolders: [] });

    expect(await query(postgres, 'SELECT 1')).toEqual([1]);
    expect((await lstat(path.join(installation.root, 'lib/libpq.so.5'))).isSymbolicLink()).toBe(true);
  });

  it('refuses where nothing can be run, and says what was tried', async () => {
    const empty = { root: path.join(await folderOf(0o755), 'native'), version: '18.0.0' };
    await mkdir(empty.root);
    const open = await folderOf(0o755);

    await expect(
      start({ directory: await newDirectory(), installation: empty, copyFolders: [open] }),
    ).rejects.toMatchObject({
      code: 'POSTGRES_NOT_RUNNABLE',
      message: expect.stringContaining(empty.root),
    });
    expect(await readdir(open)).toEqual([]);
  });
});

describe('as an ordinary user', () => {
  it('runs, from programs that this user cannot write and that lack their links', async () => {
    const account = await otherUser();
    if (account == null) return;
    const home = await folderOf(0o700);
    await chown(home, account.uid, account.gid);
    await setInstallationMode(0o755);
    await removeLinks();
    const directory = path.join(home, 'postgres');

    const ordinary = await startOwner(
      owner.program,
      { directory, installation, copyFolders: [directory] },
      account,
    );

    expect(ordinary.refusal).toBeUndefined();
    expect(await query(ordinary, 'SELECT 1')).toEqual([1]);
    expect(await ownerOf(ordinary.connection.host)).toBe(account.uid);
    expect(await readdir(directory)).toContain(`chargebook-postgres-${installation.version}`);

    // And root after them, and they after root.
    await stopOwner(ordinary.child);
    const asRoot = await start({ directory });
    expect(await query(asRoot, 'SELECT 1')).toEqual([1]);
    await asRoot.stop();
    const again = await startOwner(owner.program, { directory }, account);
    expect(again.refusal).toBeUndefined();
    await stopOwner(again.child);
  });

  it('is refused a data folder that this user cannot write', async () => {
    const account = await otherUser();
    if (account == null) return;
    const directory = path.join(await folderOf(0o755), 'postgres');

    const { refusal } = await startOwner(owner.program, { directory }, account);

    expect(refusal).toMatchObject({ name: 'EmbeddedPostgresError', code: 'DATA_DIRECTORY_NOT_WRITABLE' });
    expect(refusal?.message).toContain(directory);
  });
});

/** Somebody who is not root; nobody when we are not root ourselves: then the other tests show it. */
async function otherUser() {
  const account = await namedAccount();
  if (account == null)
    console.warn('not root, so nobody else to run as: left to the other tests of this file');
  return account;
}
