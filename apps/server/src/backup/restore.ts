import { createHash } from 'node:crypto';
import type { AuditCopy } from '@chargebook/audit';
import { OtherAuditError } from '@chargebook/audit';
import type { Appended, EventStore, Position } from '@chargebook/event-store';
import { WrongExpectedRevisionError } from '@chargebook/event-store';
import type { VaultCopy } from '@chargebook/read-models';
import type { BackupLine, StoredFact } from './backup-format';
import { BackupDamagedError, FORMAT, READ_FORMATS } from './backup-format';

/** The book holds facts that the backup does not: it is not restored over them. */
export class OtherBookError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'OtherBookError';
  }
}

export interface Restored {
  /** Facts that the backup holds. */
  readonly facts: number;
  /** Those of them that were there already, from an earlier try. */
  readonly present: number;
  readonly persons: number;
}

const MOST_IN_FLIGHT = 32;
const MOST_FACTS_TOGETHER = 200;

/**
 * Writes a backup's facts into a book in their order, with their ids, so that every sequence is what it was. A book that
 * holds a first part of them is gone on with.
 *
 * @throws BackupDamagedError, OtherBookError
 */
export async function restore(
  lines: AsyncIterable<string>,
  store: EventStore,
  { vault, audit }: { readonly vault: VaultCopy; readonly audit: AuditCopy },
): Promise<Restored> {
  const present = await idsInOrder(store);
  const writing = new InOrderWriting(store);
  let facts = 0;
  let persons = 0;
  for await (const line of checked(lines)) {
    if ('fact' in line) {
      const known = present[facts];
      facts += 1;
      if (known == null) await writing.add(line.fact);
      else if (known !== line.fact.eventId) {
        throw new OtherBookError(
          `The book's fact ${String(facts)} is not the backup's: restore into an empty book.`,
        );
      }
    } else if ('audit' in line) {
      await audit.keep(line.audit, present.length === 0).catch((error: unknown) => {
        throw error instanceof OtherAuditError ? new OtherBookError(error.message) : error;
      });
    } else if ('vault' in line) {
      persons += 1;
      await vault.keep(line.vault);
    }
  }
  await writing.done();
  if (present.length > facts) throw new OtherBookError('The book holds more facts than the backup.');
  return { facts, present: present.length, persons };
}

async function idsInOrder(store: EventStore): Promise<string[]> {
  const head = await store.head();
  const ids: string[] = [];
  if (head == null) return ids;
  const enough = new AbortController();
  for await (const { entries, position } of store.follow({ signal: enough.signal })) {
    for (const { content } of entries)
      ids.push('fact' in content ? content.fact.eventId : content.unreadable.eventId);
    if (position >= head) enough.abort();
  }
  return ids;
}

/** Lines of a backup, checked as they come; after the last one it is known that it was whole. */
async function* checked(lines: AsyncIterable<string>): AsyncGenerator<BackupLine, void, undefined> {
  const digest = createHash('sha256');
  let number = 0;
  let [facts, persons] = [0, 0];
  let isEnded = false;
  for await (const text of lines) {
    number += 1;
    if (isEnded) throw new BackupDamagedError(`Line ${String(number)} comes after the end of the backup.`);
    const line = parse(text, number);
    if (number === 1) checkHeading(line);
    if ('end' in line) {
      const { end } = line;
      if (end.sha256 !== digest.digest('hex') || end.facts !== facts || end.persons !== persons)
        throw new BackupDamagedError('The backup was changed: what it holds is not what its end tells.');
      isEnded = true;
      continue;
    }
    digest.update(`${text}\n`);
    if ('fact' in line) facts += 1;
    if ('vault' in line) persons += 1;
    yield line;
  }
  if (!isEnded) throw new BackupDamagedError(`The backup is cut off after line ${String(number)}.`);
}

function parse(text: string, number: number): BackupLine {
  try {
    return JSON.parse(text) as BackupLine;
  } catch {
    throw new BackupDamagedError(`Line ${String(number)} of the backup is not JSON.`);
  }
}

function checkHeading(line: BackupLine): void {
  if (!('backup' in line)) throw new BackupDamagedError('This is no backup of a Chargebook.');
  if (!READ_FORMATS.includes(line.format))
    throw new BackupDamagedError(
      `The backup is of format ${String(line.format)}; this program reads up to ${String(FORMAT)}.`,
    );
}

/** Appends facts so that they get their places in the order in which they are told, many on the way at once. */
class InOrderWriting {
  private together: StoredFact[] = [];
  private readonly underWay: Promise<Appended>[] = [];
  private last: Position = -1n;

  constructor(private readonly store: EventStore) {}

  async add(fact: StoredFact): Promise<void> {
    const before = this.together.at(-1);
    if (before != null && (before.stream !== fact.stream || this.together.length >= MOST_FACTS_TOGETHER))
      await this.send();
    this.together.push(fact);
  }

  async done(): Promise<void> {
    await this.send();
    while (this.underWay.length > 0) await this.settleFirst();
  }

  private async send(): Promise<void> {
    const [first] = this.together;
    if (first == null) return;
    if (this.underWay.length >= MOST_IN_FLIGHT) await this.settleFirst();
    const expected = first.revision === 0 ? 'NO_STREAM' : first.revision - 1;
    const appending = this.store.append(first.stream, this.together, expected);
    // Looked at in its turn.
    appending.catch(() => undefined);
    this.underWay.push(appending);
    this.together = [];
    // The first one opens the call down which all others go in their order.
    if (this.last < 0n) await this.settleFirst();
  }

  private async settleFirst(): Promise<void> {
    try {
      const appended = await this.underWay.shift();
      if (appended == null) return;
      if (appended.position <= this.last)
        throw new OtherBookError(
          'The store gave the facts another order: restore again, into an empty book.',
        );
      this.last = appended.position;
    } catch (error) {
      await Promise.allSettled(this.underWay.splice(0));
      if (error instanceof WrongExpectedRevisionError)
        throw new OtherBookError(
          `Somebody else wrote to ${error.stream} meanwhile: restore into an empty book.`,
        );
      throw error;
    }
  }
}
