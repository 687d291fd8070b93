import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Of seventeen thousand sessions; not part of the project, and not everywhere. */
export const hamburgFile = fileURLToPath(
  new URL('../../../../shared/data/hamburg/sessions.csv', import.meta.url),
);

/** Made up, in the same shape: a charger that turns up elsewhere, and rows that cannot be true. */
export const smallFile = fileURLToPath(new URL('../fixtures/sessions.csv', import.meta.url));

/** Semicolons, decimal commas, day-first dates and a byte-order mark. */
export const energyFile = fileURLToPath(new URL('../fixtures/energy.csv', import.meta.url));

/** A row of a sessions file, read without the importer's own code. */
export interface FileSession {
  /** Counted as an editor does, the heading being line 1. */
  readonly line: number;
  readonly charger: string;
  readonly site: string;
  readonly startedAt: string;
  readonly endedAt: string;
}

/** The rows but for those on some lines; their winter times in Europe/Berlin are an hour ahead of UTC. */
export function sessionsIn(file: string, withoutLines: readonly number[] = []): FileSession[] {
  const rows = readFileSync(file, 'utf8').trim().split(/\r?\n/).slice(1);
  return rows
    .map((row, index) => {
      const [charger = '', start = '', end = '', , site = ''] = row.split(',');
      return { line: index + 2, charger, site, startedAt: utcOf(start), endedAt: utcOf(end) };
    })
    .filter(({ line }) => !withoutLines.includes(line));
}

/** How many sessions there are of each key, by key. */
export function countsBy(
  sessions: readonly FileSession[],
  key: (session: FileSession) => string,
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const session of sessions) counts[key(session)] = (counts[key(session)] ?? 0) + 1;
  return counts;
}

function utcOf(winterTime: string): string {
  const epochMs = Date.parse(`${winterTime.replace(' ', 'T')}+01:00`);
  return Number.isNaN(epochMs) ? '' : new Date(epochMs).toISOString();
}
