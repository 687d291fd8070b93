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

/**
 * The tables of a store. `log` is the truth; the rest is what it takes to find and check events in it.
 *
 * - `log`: position -> checksum and event, as it is sent to readers
 * - `revisions`: [stream id, revision] -> position
 * - `streams`: stream name -> its record (JSON)
 * - `settings`: the next stream id
 */
export interface Store {
  root: RootDatabase;
  log: Database<Buffer, number>;
  revisions: Database<number, [number, number]>;
  streams: Database<StreamRecord, string>;
  settings: Database<number, string>;
}

/**
 * Opens the store in a directory, or makes it.
 *
 * @throws StoreFailure DAMAGED when there is no whole store where one was made, UNWRITABLE when it cannot be opened
 */
export function openStore(directory: string): Store {
  const file = path.join(directory, FILE_NAME);
  const marker = path.join(directory, MARKER_NAME);
  try {
    checkMarker(marker, file);
    const store = openTables(file);
    if (!existsSync(marker)) writeMarker(directory, marker);
    return store;
  } catch (error) {
    if (error instanceof StoreFailure) throw error;
    throw new StoreFailure(
      /MDB_/.test(messageOf(error)) ? 'DAMAGED' : 'UNWRITABLE',
      `${file}: ${messageOf(error)}`,
    );
  }
}

function checkMarker(marker: string, file: string): void {
  const isThere = existsSync(file) && statSync(file).size > 0;
  if (isThere) checkFile(file);
  if (!existsSync(marker)) return;
  const layout = readFileSync(marker, 'utf8').trim();
  if (layout !== LAYOUT)
    throw new StoreFailure('DAMAGED', `${file} has layout ${layout}, this program reads ${LAYOUT}`);
  if (!isThere)
    throw new StoreFailure('DAMAGED', `A store was made here, but its file ${file} is missing or empty`);
}

function openTables(file: string): Store {
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
