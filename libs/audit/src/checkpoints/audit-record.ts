import type { Instant } from '@chargebook/domain';
import type { Database } from '@chargebook/read-models';
import type { KeySpan } from '@chargebook/transparency';
import { followKeys, NoteError, openNote, parseVerifierKey } from '@chargebook/transparency';

/** The pool, or a transaction. */
export type Asked = Pick<Database, 'query'>;

/** A checkpoint as it was signed, with what witnesses have added since. */
export interface StoredCheckpoint {
  /** Facts in the tree. */
  readonly size: number;
  /** SHA-256, hexadecimal. */
  readonly root: string;
  readonly note: string;
  readonly signedAt: Instant;
  readonly cosignatures: readonly Cosignature[];
}

export interface Cosignature {
  /** The witness's public key: name+id+key. */
  readonly witness: string;
  /** The line that goes below the note. */
  readonly line: string;
  readonly seenAt: Instant;
}

/** A public key with which the book has signed, or signs. */
export interface AuditKey {
  readonly number: number;
  /** name+id+key */
  readonly key: string;
  readonly since: Instant;
  /** The note in which the key before introduces it; absent for the first one. */
  readonly introduction?: string;
}

/** A cosignature that does not hold, or is on nothing that the book has signed; the message says which. */
export class CosignatureRefusedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CosignatureRefusedError';
  }
}

/** One signature, and nothing else. */
const LINE = /^\u2014 [^\n]{1,500}\n$/;
const MOST_WITNESSES = 100;

const CHECKPOINTS = `SELECT size, root, note, signed_at, coalesce((
    SELECT json_agg(json_build_object('witness', witness, 'line', line,
      'seenAt', to_char(seen_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) ORDER BY witness)
    FROM audit.cosignature WHERE cosignature.size = checkpoint.size), '[]') AS cosignatures
  FROM audit.checkpoint`;

interface CheckpointRow {
  size: number;
  root: string;
  note: string;
  signed_at: Instant;
  cosignatures: Cosignature[];
}

/** What the book has said of itself: its name, its keys and its checkpoints. */
export class AuditRecord {
  constructor(private readonly database: Asked) {}

  /** The name that stands in all checkpoints of this book, wherever it is copied to. */
  async origin(): Promise<string> {
    const [book] = await this.database.query<{ id: string }>('SELECT id FROM audit.book');
    return `chargebook/${book?.id ?? ''}`;
  }

  /** The book's keys, the present one last. */
  async keys(): Promise<AuditKey[]> {
    const rows = await this.database.query<{
      number: number;
      key: string;
      since: Instant;
      introduction: string | null;
    }>('SELECT number, key, since, introduction FROM audit.key ORDER BY number');
    return rows.map(({ introduction, ...key }) => ({ ...key, introduction: introduction ?? undefined }));
  }

  async latest(): Promise<StoredCheckpoint | undefined> {
    return this.one(`${CHECKPOINTS} ORDER BY size DESC LIMIT 1`, []);
  }

  /** The first checkpoint that covers a sequence. */
  async covering(sequence: number): Promise<StoredCheckpoint | undefined> {
    return this.one(`${CHECKPOINTS} WHERE size >= $1 ORDER BY size LIMIT 1`, [sequence]);
  }

  /**
   * Keeps what a witness says to a checkpoint; the same witness once for each.
   *
   * @param witness its public key: name+id+key
   * @param line its signature on the checkpoint
   * @throws CosignatureRefusedError
   */
  async cosign(size: number, witness: string, line: string): Promise<void> {
    const checkpoint = await this.one(`${CHECKPOINTS} WHERE size = $1`, [size]);
    if (checkpoint == null)
      throw new CosignatureRefusedError(`The book has signed no checkpoint of ${String(size)} facts.`);
    if (!LINE.test(line))
      throw new CosignatureRefusedError('The cosignature is not a line of a signed note.');
    const seenAt = seenBy(witness, `${checkpoint.note}${line}`);
    if (checkpoint.cosignatures.length >= MOST_WITNESSES)
      throw new CosignatureRefusedError('So many witnesses have cosigned it that no more are taken.');
    await this.database.query(
      `INSERT INTO audit.cosignature (size, witness, line, seen_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (size, witness) DO NOTHING`,
      [size, witness, line, seenAt.toISOString()],
    );
  }

  private async one(sql: string, values: readonly unknown[]): Promise<StoredCheckpoint | undefined> {
    const [row] = await this.database.query<CheckpointRow>(sql, values);
    if (row == null) return undefined;
    const { size, root, note, signed_at: signedAt, cosignatures } = row;
    return { size, root, note, signedAt, cosignatures };
  }
}

/** What somebody trusts who trusts the book's first key; keys that could not be introduced by the one before stand alone. */
export function spansOf(keys: readonly AuditKey[]): KeySpan[] {
  const introductions = keys.flatMap(({ introduction }) => introduction ?? []);
  const [first] = keys;
  return first == null ? [] : followKeys([{ key: parseVerifierKey(first.key), from: 0 }], introductions);
}

function seenBy(witness: string, note: string): Date {
  try {
    const key = parseVerifierKey(witness);
    const [signature] = openNote(note, [key]).signatures;
    if (signature?.at != null) return signature.at;
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
    throw new CosignatureRefusedError(`The cosignature does not hold: ${error.message}.`);
  }
  throw new CosignatureRefusedError('The cosignature is not by the key of a witness.');
}
