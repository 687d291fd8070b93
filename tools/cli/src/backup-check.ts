import { createHash } from 'node:crypto';
import { Failure } from './failures';

/** What a whole backup holds. */
export interface BackupContents {
  readonly madeAt: string;
  readonly facts: number;
  readonly persons: number;
  readonly streams: number;
}

interface Line {
  readonly backup?: string;
  readonly format?: number;
  readonly madeAt?: string;
  readonly fact?: { readonly stream: string; readonly revision: number; readonly eventId: string };
  readonly vault?: object;
  readonly end?: { readonly facts: number; readonly persons: number; readonly sha256: string };
}

const FORMATS: readonly (number | undefined)[] = [1, 2];

/**
 * Reads a backup from its first line to its last.
 *
 * @throws Failure naming the line at which it is not what it should be
 */
export async function checkBackup(lines: AsyncIterable<string>): Promise<BackupContents> {
  const digest = createHash('sha256');
  const revisions = new Map<string, number>();
  const ids = new Set<string>();
  let [number, facts, persons] = [0, 0, 0];
  let madeAt = '';
  let isEnded = false;
  for await (const text of lines) {
    number += 1;
    const fail = (why: string) => new Failure(`Line ${String(number)} of the backup: ${why}.`);
    const line = parse(text, fail);
    if (isEnded) throw fail('nothing comes after the end');
    if (number === 1) {
      if (line.backup !== 'chargebook') throw fail('this is no backup of a Chargebook');
      if (!FORMATS.includes(line.format)) throw fail(`its format ${String(line.format)} is not known here`);
      madeAt = line.madeAt ?? '';
    } else if (line.end != null) {
      const { end } = line;
      const isWhole = end.facts === facts && end.persons === persons && end.sha256 === digest.digest('hex');
      if (!isWhole) throw fail('something before it was changed, added or taken away');
      isEnded = true;
      continue;
    } else if (line.fact != null) {
      const { stream, revision, eventId } = line.fact;
      const next = (revisions.get(stream) ?? -1) + 1;
      if (revision !== next)
        throw fail(`${stream} goes on with revision ${String(next)}, not ${String(revision)}`);
      if (ids.has(eventId)) throw fail(`the fact ${eventId} is there twice`);
      revisions.set(stream, revision);
      ids.add(eventId);
      facts += 1;
    } else if (line.vault != null) persons += 1;
    digest.update(`${text}\n`);
  }
  if (!isEnded) throw new Failure(`The backup is cut off after line ${String(number)}.`);
  return { madeAt, facts, persons, streams: revisions.size };
}

function parse(text: string, fail: (why: string) => Failure): Line {
  try {
    return JSON.parse(text) as Line;
  } catch {
    throw fail('it is not JSON');
  }
}
