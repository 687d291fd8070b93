import { open, type Database, type RootDatabase } from 'lmdb';
import { StoreFailure } from './failure';
import type { StreamRecord } from './stream-record';

/** The layout's version; a store of another version is not read. */
const LAYOUT_VERSION = 1;

/**
 * The tables of a store. `log` is the truth; the rest is what it takes to find and check events in it.
 *
 * - `log`: position -> checksum and event, as it is sent to readers
 * - `revisions`: [stream id, revision] -> position
 * - `streams`: stream name -> its record (JSON)
 * - `settings`: the layout's version, the next stream id
 */
export interface Store {
  root: RootDatabase;
  log: Database<Buffer, number>;
  revisions: Database<number, [number, number]>;
  streams: Database<StreamRecord, string>;
  settings: Database<number, string>;
}

/**
 * Opens the store in `file`, or makes it.
 *
 * @throws StoreFailure DAMAGED when the file is not a whole store, UNWRITABLE when it cannot be opened for writing
 */
export function openStore(file: string): Store {
  const root = openFile(file);
  const store: Store = {
    root,
    log: root.openDB({ name: 'log', encoding: 'binary' }),
    revisions: root.openDB({ name: 'revisions', encoding: 'ordered-binary' }),
    streams: root.openDB({ name: 'streams', encoding: 'json' }),
    settings: root.openDB({ name: 'settings', encoding: 'json' }),
  };
  const version = store.settings.get('layoutVersion');
  if (version == null) store.settings.putSync('layoutVersion', LAYOUT_VERSION);
  else if (version !== LAYOUT_VERSION) {
    throw new StoreFailure(
      'DAMAGED',
      `${file} has layout ${version}; this program reads layout ${LAYOUT_VERSION}`,
    );
  }
  return store;
}

function openFile(file: string): RootDatabase {
  try {
    // Without overlapping sync a transaction is answered only once the disk has it.
    return open({ path: file, noSubdir: true, overlappingSync: false, maxDbs: 8, encoding: 'binary' });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const code = /MDB_INVALID|MDB_CORRUPTED|MDB_VERSION_MISMATCH|MDB_PAGE_NOTFOUND/.test(message)
      ? 'DAMAGED'
      : 'UNWRITABLE';
    throw new StoreFailure(code, `Cannot open ${file}: ${message}`);
  }
}
