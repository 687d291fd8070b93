import { createHash } from 'node:crypto';
import type { AuditCopy } from '@chargebook/audit';
import type { EventStore, WrittenEvent } from '@chargebook/event-store';
import type { VaultCopy } from '@chargebook/read-models';
import type { BackupLine, StoredFact } from './backup-format';
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
  { vault, audit }: { readonly vault: VaultCopy; readonly audit: AuditCopy },
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
  // Before the facts, so that no checkpoint covers more of them than are there.
  for await (const row of audit.rows()) {
    add({ audit: row });
    if (piece.length > PIECE_BYTES) yield taken();
  }
  let facts = 0;
  for await (const written of factsUntilNow(store)) {
    add({ fact: asWritten(written) });
    facts += 1;
    if (piece.length > PIECE_BYTES) yield taken();
  }
  const persons = await vault.rows();
  for (const row of persons) add({ vault: row });
  const sha256 = digest.copy().digest('hex');
  add({ end: { facts, persons: persons.length, sha256 } });
  yield taken();
}

/** In the shape in which it was written, so that hashes of it stay what they are. */
function asWritten({ id, type, data, metadata, stream, revision }: WrittenEvent): StoredFact {
  const told = metadata as Readonly<Record<string, unknown>>;
  const { $correlationId: correlationId, $causationId: causationId, schemaVersion, ...rest } = told;
  const fact = { stream, revision, eventId: id, type, schemaVersion, data };
  return { ...fact, metadata: { ...rest, correlationId, causationId } } as unknown as StoredFact;
}

async function* factsUntilNow(store: EventStore) {
  const head = await store.head();
  if (head == null) return;
  const enough = new AbortController();
  try {
    for await (const { entries, position } of store.follow({ signal: enough.signal })) {
      for (const { position: at, written, content } of entries) {
        if (at > head) return;
        if ('unreadable' in content) {
          const { type, stream, revision, problem } = content.unreadable;
          const place = `${stream}@${String(revision)}`;
          throw new BackupDamagedError(`${type} at ${place} cannot be read and so not be saved: ${problem}`);
        }
        yield written;
      }
      if (position >= head) return;
    }
  } finally {
    enough.abort();
  }
}
