// The sessions of Hamburg's public chargers, or a file of the same shape and size where they are not here.
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Beside the project's own folder, wherever that is. */
const REAL = fileURLToPath(new URL('../../../shared/data/hamburg/sessions.csv', import.meta.url));

const SESSIONS = 17_521;
const CHARGERS = 797;
const SITES = 399;
/** In the local time of Europe/Berlin, whose clocks do not change in that span. */
const BEGAN_MS = Date.UTC(2020, 1, 8, 5);
const DAY_MS = 24 * 3_600_000;
const LASTS_MS = 24 * DAY_MS;
const SEED = 20_200_208;

/**
 * The file to import.
 *
 * @param sessions how many of them; only a file of its own has fewer than all
 * @param directory where its own is written
 */
export async function hamburgFile(
  directory: string,
  sessions?: number,
): Promise<{ readonly file: string; readonly isReal: boolean }> {
  if (sessions == null && existsSync(REAL)) return { file: REAL, isReal: true };
  const file = path.join(directory, 'sessions.csv');
  const lines = [...alikeSessions(sessions ?? SESSIONS)];
  await writeFile(file, `charger_id,start_time,end_time,duration_s,location_id\n${lines.join('\n')}\n`);
  return { file, isReal: false };
}

/** Lines by charger and time. A charger's sessions follow each other with pauses, none over another. */
function* alikeSessions(sessions: number): Generator<string> {
  const random = randomFrom(SEED);
  for (let charger = 0; charger < CHARGERS; charger += 1) {
    const own =
      Math.floor((sessions * (charger + 1)) / CHARGERS) - Math.floor((sessions * charger) / CHARGERS);
    const eachMs = LASTS_MS / own;
    for (let nth = 0; nth < own; nth += 1) {
      const startMs = BEGAN_MS + (nth + random() * 0.4) * eachMs;
      const seconds = Math.ceil(((0.05 + random() * 0.45) * eachMs) / 1_000);
      const times = [startMs, startMs + seconds * 1_000].map(wallTime);
      yield [8_590 + charger, ...times, seconds, 126 + (charger % SITES)].join(',');
    }
  }
}

function wallTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

/** Numbers from 0 up to 1, the same ones each time: a linear congruential generator, whose high bits are enough here. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
