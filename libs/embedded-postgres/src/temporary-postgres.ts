import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { clusterPathIn } from './cluster';
import { startSupervised } from './embedded-postgres';
import type { EmbeddedPostgres } from './embedded-postgres';
import { claimOwnership } from './ownership';
import { clearRemains } from './postmaster';
import { isAlive } from './process-table';

/** A PostgreSQL of a test's own. */
export interface TemporaryPostgres extends EmbeddedPostgres {
  /** Stops it and removes its data. */
  remove(): Promise<void>;
}

const prefix = 'chargebook-temporary-';

/**
 * Starts an empty PostgreSQL in a new temporary folder. It does not wait for the disk: for data that nobody will miss. What
 * was left by processes that were killed is removed on the way.
 */
export async function startTemporaryPostgres(): Promise<TemporaryPostgres> {
  await removeAbandoned();
  const directory = await mkdtemp(path.join(os.tmpdir(), `${prefix}${String(process.pid)}-`));
  const removeDirectory = () => rm(directory, { recursive: true, force: true });
  try {
    const postgres = await startSupervised({ directory, durable: false });
    return {
      connection: postgres.connection,
      get pid() {
        return postgres.pid;
      },
      stop: () => postgres.stop(),
      remove: async () => {
        await postgres.stop();
        await removeDirectory();
      },
    };
  } catch (error) {
    await removeDirectory();
    throw error;
  }
}

async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(os.tmpdir())) {
    const pid = Number(new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1] ?? process.pid);
    if (isAlive(pid)) continue;
    const directory = path.join(os.tmpdir(), name);
    const found = await lstat(directory).catch(() => undefined);
    if (found?.isDirectory() !== true || found.uid !== process.getuid?.()) continue;
    // Refused where its process lives after all, in another container.
    const claim = await claimOwnership(directory, directory).catch(() => undefined);
    if (claim == null) continue;
    await clearRemains(clusterPathIn(directory));
    await rm(directory, { recursive: true, force: true });
    await claim.release();
  }
}
