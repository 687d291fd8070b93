import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { startSupervised } from './embedded-postgres';
import type { EmbeddedPostgres } from './embedded-postgres';

/** A PostgreSQL of a test's own. */
export interface TemporaryPostgres extends EmbeddedPostgres {
  /** Stops it and removes its data. */
  remove(): Promise<void>;
}

/** Starts an empty PostgreSQL in a new temporary folder. It does not wait for the disk: for data that nobody will miss. */
export async function startTemporaryPostgres(): Promise<TemporaryPostgres> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'chargebook-postgres-'));
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
