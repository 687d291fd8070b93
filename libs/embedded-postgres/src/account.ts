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

/** The server's account: the owner of an existing cluster, so that a folder keeps working when it was first used by an ordinary user. */
export async function serverAccountFor(clusterPath: string): Promise<Account | undefined> {
  if (!isRoot()) return undefined;
  try {
    const { uid, gid } = await stat(clusterPath);
    if (uid !== 0) return { uid, gid };
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
  return { uid: serverUid, gid: serverUid };
}

/** initdb, unlike the server, insists on a user whom the system can name. */
export async function namedAccount(): Promise<Account | undefined> {
  if (!isRoot()) return undefined;
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const accounts = lines
    .map(([name, , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter(({ uid, gid }) => uid > 0 && gid > 0);
  return accounts.find(({ name }) => name === 'nobody') ?? accounts[0];
}
