import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '../failures';
import { EaseeFleet } from './easee-fleet';
import { JsonRecord, isRecord } from './json-record';
import type { Json } from './json-record';
import type { LeftOut } from './left-out';
import { readChargerRecord, readSite, readSiteState, readState } from './records';

/** The kinds of answers that a file may hold, the most telling first: what they tell has precedence. */
const kinds: { holds: (value: Json) => boolean; read: (record: JsonRecord, fleet: EaseeFleet) => void }[] = [
  { holds: (value) => 'circuitStates' in value, read: readSiteState },
  { holds: (value) => 'circuits' in value || 'siteKey' in value, read: readSite },
  { holds: (value) => 'backPlate' in value, read: readChargerRecord },
  { holds: (value) => 'chargerOpMode' in value || 'maxChargerCurrent' in value, read: readState },
];

/**
 * Reads all JSON files of a folder: answers of the Easee cloud about sites, chargers and their states, by what they hold
 * and not by their names.
 *
 * @throws Failure where the folder cannot be read, or holds no such file
 */
export async function readDirectory(
  folder: string,
  leftOut: LeftOut,
): Promise<{ fleet: EaseeFleet; files: string[] }> {
  const files = await jsonFilesIn(folder);
  const fleet = new EaseeFleet(leftOut);
  const found: { kind: number; value: Json; what: string }[] = [];
  for (const file of files) {
    const values = await valuesIn(path.join(folder, file), leftOut);
    for (const value of values) {
      const kind = kinds.findIndex(({ holds }) => holds(value));
      if (kind < 0) leftOut.problem(`${file}: holds something other than sites, chargers or states`);
      else found.push({ kind, value, what: file });
    }
  }
  if (found.length === 0) throw new Failure(`There is no answer of the Easee cloud in ${folder}.`);
  for (const { kind, value, what } of found.sort((a, b) => a.kind - b.kind))
    kinds[kind]?.read(new JsonRecord(value, what, leftOut), fleet);
  return { fleet, files };
}

async function jsonFilesIn(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names.filter((name) => name.endsWith('.json')).sort();
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown fault';
    throw new Failure(`Cannot read the folder ${folder} (${reason}).`);
  }
}

/** The objects of a file: the one that it is, or those of its list. */
async function valuesIn(file: string, leftOut: LeftOut): Promise<Json[]> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    const values = Array.isArray(value) ? value : [value];
    const records = values.filter(isRecord);
    if (records.length === values.length) return records;
  } catch {
    // Told below, in the same words.
  }
  leftOut.problem(`${path.basename(file)}: is not JSON of objects`);
  return [];
}
