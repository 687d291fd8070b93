import type { NewFact } from '@chargebook/domain';
import type { AuditRow } from '@chargebook/audit';
import type { VaultRow } from '@chargebook/read-models';

/** What a newer program writes, an older one refuses. */
export const FORMAT = 2;
/** The first one had nothing of the book's checkpoints. */
export const READ_FORMATS: readonly number[] = [1, FORMAT];

/** A fact in its place: streams and revisions are kept, and by the order of lines every sequence. */
export type StoredFact = NewFact & { readonly stream: string; readonly revision: number };

/**
 * A backup is lines of JSON: what it is; the book's name, keys and checkpoints; every fact in book order; every row of the
 * vault; and how much that was, with the SHA-256 of all lines before, newlines included.
 */
export type BackupLine =
  | { readonly backup: 'chargebook'; readonly format: number; readonly madeAt: string }
  | { readonly audit: AuditRow }
  | { readonly fact: StoredFact }
  | { readonly vault: VaultRow }
  | { readonly end: { readonly facts: number; readonly persons: number; readonly sha256: string } };

/** A backup is not one, or is not whole; the message says what is wrong and where. */
export class BackupDamagedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BackupDamagedError';
  }
}
