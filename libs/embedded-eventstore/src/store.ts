import { existsSync, fsyncSync, openSync, closeSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { open, type Database, type RootDatabase } from 'lmdb';
import { messageOf } from './errors';
import { StoreFailure } from './failure';
import { checkFile } from './file-check';
import type { StreamRecord } from './stream-record';

const FILE_NAME = 'events.mdb';
/** Says that a store was made here, and in which layout; without it an empty folder is a new store. */
const MARKER_NAME = 'layout';
const LAYOUT = '1';

/** The tables of a store. `log` is the truth; the rest is what it takes to find and check events in it. */
interface Tables {
  root: RootDatabase;
  /** Position -> checksum and event, as it is sent to readers. */
  log: Database<Buffer, number>;
  /** [stream id, revision] -> position. */
  revisions: Database<number, [number, number]>;
  /** Stream name -> what is kept of the stream. */
  streams: Database<StreamRecord, string>;
  /** The next stream id. */
  settings: Database<number, string>;
}

/** The store in a directory. While it is being reopened, whoever reads gets an error. */
export class Store {
  private tables: Tables;

  /**
   * Opens the store, or makes it.
   *
   * @throws StoreFailure DAMAGED when there is no whole store where one was made, UNWRITABLE when it cannot be opened
   */
  constructor(private readonly directory: string) {
    this.tables = namingFile(this.file, () => {
      if (checkPresence(this.marker, this.file)) checkFile(this.file);
      const tables = openTables(this.file);
      if (!existsSync(this.marker)) writeMarker(directory, this.marker);
      return tables;
    });
  }

  private get file(): string {
    return path.join(this.directory, FILE_NAME);
  }

  private get marker(): string {
    return path.join(this.directory, MARKER_NAME);
  }

  get log(): Tables['log'] {
    return this.tables.log;
  }

  get revisions(): Tables['revisions'] {
    return this.tables.revisions;
  }

  get streams(): Tables['streams'] {
    return this.tables.streams;
  }

  get settings(): Tables['settings'] {
    return this.tables.settings;
  }

  /**
   * Runs `write` in a transaction; resolves when the disk has it. One at a time: after a failure LMDB may be in a state
   * in which the next one never ends.
   */
  async transaction<T>(write: () => T): Promise<T> {
    try {
      return await this.tables.root.transaction(write);
    } catch (error) {
      // A commit that fails names its reason in a second promise.
      const reason: unknown = (error as { commitError?: Promise<never> }).commitError;
      if (reason instanceof Promise) await reason;
      throw error;
    }
  }

  /** Begins anew with what is on disk. */
  async reopen(): Promise<void> {
    await this.close();
    this.tables = namingFile(this.file, () => {
      checkPresence(this.marker, this.file);
      return openTables(this.file);
    });
  }

  async close(): Promise<void> {
    await this.tables.root.close();
  }
}

function namingFile<T>(file: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (error instanceof StoreFailure) throw error;
    throw new StoreFailure(
      /MDB_/.test(messageOf(error)) ? 'DAMAGED' : 'UNWRITABLE',
      `${file}: ${messageOf(error)}`,
    );
  }
}

/** Whether there is a store; an error when one was made and is gone. */
function checkPresence(marker: string, file: string): boolean {
  const isThere = existsSync(file) && statSync(file).size > 0;
  if (!existsSync(marker)) return isThere;
  const layout = readFileSync(marker, 'utf8').trim();
  if (layout !== LAYOUT)
    throw new StoreFailure('DAMAGED', `${file} has layout ${layout}, this program reads ${LAYOUT}`);
  if (!isThere)
    throw new StoreFailure('DAMAGED', `A store was made here, but its file ${file} is missing or empty`);
  return true;
}

function openTables(file: string): Tables {
  const root = open({
    path: file,
    noSubdir: true,
    encoding: 'binary',
    maxDbs: 8,
    // Without overlapping sync a transaction is answered only once the disk has it.
    overlappingSync: false,
    // With it, a failed commit also rejects a promise that nobody has.
    eventTurnBatching: false,
    ...OWNER_ALONE,
  });
  return {
    root,
    log: root.openDB({ name: 'log', encoding: 'binary' }),
    revisions: root.openDB({ name: 'revisions', encoding: 'ordered-binary' }),
    streams: root.openDB({ name: 'streams', encoding: 'json' }),
    settings: root.openDB({ name: 'settings', encoding: 'json' }),
  };
}

/** An option that is not among lmdb's declared ones. */
const OWNER_ALONE: object = { permissionsMode: 0o600 };

/** The names of new files are to be on disk before the first event is acknowledged. */
function writeMarker(directory: string, marker: string): void {
  writeFileSync(marker, `${LAYOUT}\n`, { flush: true, mode: 0o600 });
  const handle = openSync(directory, 'r');
  fsyncSync(handle);
  closeSync(handle);
}
