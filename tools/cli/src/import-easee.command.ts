import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { BookClient, Outcome } from './book-client';
import { GraphqlBookClient } from './book-client';
import type { TypedConnection } from './connection';
import { addConnectionOptions, connect } from './connection';
import { UsageError } from './failures';
import type { EaseeSite } from './import-easee/easee-fleet';
import { LeftOut } from './import-easee/left-out';
import type { EaseePlan } from './import-easee/plan';
import { planEasee } from './import-easee/plan';
import { readDirectory } from './import-easee/read-directory';
import type { EaseeReport } from './import-easee/report';
import { describeImport } from './import-easee/report';
import { isTimeZone } from './import-sessions/wall-time';
import type { Surroundings } from './main';

type Typed = TypedConnection & { timeZone?: string; dryRun?: boolean };

/** Exit code of an import that is done, but could not take everything. */
const doneInPart = 3;

const description = [
  'Record a fleet as the Easee cloud tells it.',
  'Reads all JSON files of a folder that hold answers of the cloud: sites, site states, chargers, charger states. Takes ' +
    'sites, circuits with their fuses, backplates with their primary, chargers and where they hang, and the currents that ' +
    'are set (charger maximum, circuit maximum, dynamic, offline), and tells what it leaves out. The same files again ' +
    'record nothing twice; a later answer with other currents records those.',
].join('\n\n');

const details = `
Sites and circuits get ids such as easee-54321. A site's time zone follows from its country where that has only one; else
--time-zone is needed. Times without an offset are taken as UTC.

Exit codes: 0 all taken; 1 failed (run it again to go on); 2 wrong usage; 3 done, but something contradicts itself or was
refused.

Example:
  chargebook import easee ./answers --time-zone Europe/Stockholm
`;

/** Adds \`easee DIR\` to the command \`import\`. */
export function addImportEasee(
  parent: Command,
  surroundings: Surroundings,
  exitWith: (code: number) => void,
): void {
  const command = parent
    .command('easee')
    .summary('record a fleet as the Easee cloud tells it')
    .description(description)
    .argument('<folder>', 'the folder with the JSON files')
    .option('--time-zone <zone>', 'IANA zone of sites whose country has several, or is not told', readZone)
    .option('--dry-run', 'read and check the files, say what would be told, send nothing');
  addConnectionOptions(command)
    .addHelpText('after', details)
    .action(async (folder: string, typed: Typed) => {
      exitWith(await importEasee(folder, typed, surroundings));
    });
}

async function importEasee(folder: string, typed: Typed, surroundings: Surroundings): Promise<number> {
  const leftOut = new LeftOut();
  const { fleet, files } = await readDirectory(folder, leftOut);
  const zoneOf = (site: EaseeSite) => typed.timeZone ?? zoneOfCountry(site.country);
  const zoneless = [...fleet.sites.values()].find((site) => zoneOf(site) == null);
  if (zoneless != null)
    throw new UsageError(`Which time zone has the site ${zoneless.id}? Tell it with --time-zone.`);
  const plan = planEasee(fleet, zoneOf, leftOut);
  const client = typed.dryRun ? undefined : new GraphqlBookClient(await connect(typed, surroundings));
  const refused = client == null ? [] : await carryOut(plan, client);
  const report: EaseeReport = { dryRun: client == null, files, plan, leftOut, refused };
  surroundings.stdout.write(describeImport(report));
  return leftOut.problems.length + refused.length === 0 ? 0 : doneInPart;
}

/** Tells the plan in its order. @returns what the book would not take */
async function carryOut({ commands, observations }: EaseePlan, book: BookClient): Promise<string[]> {
  await book.greet();
  const outcomes = await book.command(commands);
  const refused = commands.flatMap(({ mutation, input }, n) => {
    const refusal = refusalIn(outcomes[n]);
    return refusal == null ? [] : `${mutation} ${Object.values(input)[0] as string}: ${refusal}`;
  });
  if (observations.length === 0) return refused;
  const reported = await book.recordObservations(observations);
  const untold = observations.flatMap(({ kind, charger }, n) => {
    const refusal = refusalIn(reported[n]);
    return refusal == null ? [] : `${kind} of ${charger}: ${refusal}`;
  });
  return [...refused, ...untold];
}

/** What is there already, perhaps with other figures, has been told by an earlier import or a person. */
function refusalIn(outcome: Outcome | undefined): string | undefined {
  if (outcome == null) return 'the book gave no outcome';
  return outcome.accepted || outcome.code === 'ALREADY_EXISTS' ? undefined : outcome.message;
}

/** The zone of a country that has only one, by its two letters. */
function zoneOfCountry(country: string | undefined): string | undefined {
  if (country == null || !/^[A-Z]{2}$/.test(country)) return undefined;
  const zones = zonesOf(country);
  return zones.length === 1 ? zones[0] : undefined;
}

function zonesOf(country: string): readonly string[] {
  const locale = new Intl.Locale(`und-${country}`) as Intl.Locale & { timeZones?: string[] };
  return locale.timeZones ?? [];
}

function readZone(name: string): string {
  if (!isTimeZone(name)) throw new InvalidArgumentError('No such IANA time zone.');
  return name;
}
