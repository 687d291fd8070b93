import { readFile, stat } from 'node:fs/promises';

import { errnoOf } from './errors';

/** Whom a program runs as. Absent: as ourselves. */
export interface Account {
  uid: number;
  gid: number;
}

/**
 * PostgreSQL refuses to run as root. The number belongs to nobody: the usual choice, `nobody`, is shared with whatever else
 * runs under it, and that could then reach the data through /proc. Distributions leave 65520 to 65533 unused, and the
 * number still exists in a container whose user ids end at 65535.
 */
const serverUid = 65_527;

/** Whether we have to hand the server to another user. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * The server's account: whoever owns the cluster already, or the data folder, so that both keep working when an ordinary
 * user's folder is used by root in between.
 */
export async function serverAccountFor(directory: string, clusterPath: string): Promise<Account | undefined> {
  if (!isRoot()) return undefined;
  for (const folder of [clusterPath, directory]) {
    const owner = await stat(folder).catch((error: unknown) => {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw error;
    });
    if (owner != null && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  }
  return { uid: serverUid, gid: serverUid };
}

/** initdb, unlike the server, insists on a user whom the system can name. */
export async function namedAccount(): Promise<Account | undefined> {
  if (!isRoot()) return undefined;
  const lines = (await readFile('/etc/passwd', 'utf8').catch(() => ''))
    .split('\n')
    .map((line) => line.split(':'));
  const accounts = lines
    .map(([name, , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter(({ uid, gid }) => uid > 0 && gid > 0);
  return accounts.find(({ name }) => name === 'nobody') ?? accounts[0];
}
