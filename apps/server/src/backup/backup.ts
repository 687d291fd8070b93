import { createHash } from 'node:crypto';
import type { EventStore } from '@chargebook/event-store';
import type { VaultCopy } from '@chargebook/read-models';
import type { BackupLine } from './backup-format';
import { BackupDamagedError, FORMAT } from './backup-format';

/** Facts are joined to pieces of about this size on their way out. */
const PIECE_BYTES = 64 * 1024;

/**
 * The whole book as it is now, as text in pieces, while it goes on: facts that are recorded meanwhile are in the next one.
 *
 * @throws BackupDamagedError where the store holds an event that this program cannot read
 */
export async function* backupOf(
  store: EventStore,
  vault: VaultCopy,
  madeAt: string,
): AsyncGenerator<string, void, undefined> {
  const digest = createHash('sha256');
  let piece = '';
  const add = (line: BackupLine) => {
    const text = `${JSON.stringify(line)}\n`;
    digest.update(text);
    piece += text;
  };
  const taken = () => {
    const text = piece;
    piece = '';
    return text;
  };
  add({ backup: 'chargebook', format: FORMAT, madeAt });
  let facts = 0;
  for await (const { fact } of factsUntilNow(store)) {
    const { eventId, type, schemaVersion, data, metadata, stream, revision } = fact;
    add({ fact: { stream, revision, eventId, type, schemaVersion, data, metadata } } as BackupLine);
    facts += 1;
    if (piece.length > PIECE_BYTES) yield taken();
  }
  const persons = await vault.rows();
  for (const row of persons) add({ vault: row });
  const sha256 = digest.copy().digest('hex');
  add({ end: { facts, persons: persons.length, sha256 } });
  yield taken();
}

async function* factsUntilNow(store: EventStore) {
  const head = await store.head();
  if (head == null) return;
  const enough = new AbortController();
  try {
    for await (const { entries, position } of store.follow({ signal: enough.signal })) {
      for (const { position: at, content } of entries) {
        if (at > head) return;
        if ('unreadable' in content) {
          const { type, stream, revision, problem } = content.unreadable;
          const place = `${stream}@${String(revision)}`;
          throw new BackupDamagedError(`${type} at ${place} cannot be read and so not be saved: ${problem}`);
        }
        yield content;
      }
      if (position >= head) return;
    }
  } finally {
    enough.abort();
  }
}
