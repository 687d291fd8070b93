import type { Instant, Stay } from '@chargebook/domain';
import { factsInEffect, staysOf } from '@chargebook/domain';
import type { Transaction } from '../database/database';
import type { LedgerFact } from '../ledger/ledger';
import { factsAbout } from '../ledger/ledger';
import type { Projection } from '../projector/projection';
import { idsOfThings } from '../projector/projection';
import { VersionedRows } from '../projector/versioned-rows';

const STAY_FACTS = ['ChargerMounted', 'ChargerDismounted'];
const WIRING_FACTS = ['BackplateInstalled', 'BackplateRewired', 'BackplateRemoved'];

interface StayRow {
  readonly charger: string;
  readonly backplate: string;
  readonly from_at: Instant;
  readonly until_at: Instant | null;
  readonly destination: string | null;
  readonly mounted_by: number;
  readonly dismounted_by: number | null;
}

interface WiringRow {
  readonly backplate: string;
  readonly circuit: string;
  readonly site: string;
  readonly from_at: Instant;
  readonly until_at: Instant | null;
}

const STAY_COLUMNS = [
  'charger',
  'backplate',
  'from_at',
  'until_at',
  'destination',
  'mounted_by',
  'dismounted_by',
] as const;
const WIRING_COLUMNS = ['backplate', 'circuit', 'site', 'from_at', 'until_at'] as const;

/** Where chargers hung, and how backplates were wired to circuits and sites; on two clocks. */
export const placementsProjection: Projection = {
  name: 'placements',
  version: 1,
  tables: ['stay', 'wiring'],
  thingsOf: ({ type, scope }) => {
    const isCorrection = type === 'FactRetracted' || type === 'FactReplaced';
    if (scope.charger != null)
      return isCorrection || STAY_FACTS.includes(type) ? [`charger:${scope.charger}`] : [];
    if (scope.backplate == null) return [];
    return isCorrection || WIRING_FACTS.includes(type) ? [`backplate:${scope.backplate}`] : [];
  },
  take: async (transaction, news, after) => {
    await takeStays(transaction, news, after);
    await takeWirings(transaction, news, after);
  },
};

async function takeStays(
  transaction: Transaction,
  news: ReadonlyMap<string, readonly LedgerFact[]>,
  after: number,
) {
  const chargers = idsOfThings(news.keys(), 'charger');
  if (chargers.length === 0) return;
  const known = await factsAbout(
    transaction,
    { scope: 'charger', ids: chargers, types: STAY_FACTS },
    after + 1,
  );
  const rows = new VersionedRows<StayRow>('stay', STAY_COLUMNS, (row) => row.charger);
  await rows.load(transaction, 'charger = ANY($1)', [chargers]);
  for (const charger of chargers) {
    const facts = known.get(charger) ?? [];
    for (const fact of news.get(`charger:${charger}`) ?? []) {
      facts.push(fact);
      const { stays } = staysOf(factsInEffect(facts));
      // A charger that was taken down in the instant in which it was mounted hung nowhere.
      const lasting = stays.filter((stay) => stay.until !== stay.from);
      rows.replace(charger, lasting.map(stayRow), fact.bookOrder);
    }
  }
  await rows.save(transaction);
}

function stayRow({ charger, backplate, from, until, destination, mountedBy, dismountedBy }: Stay): StayRow {
  return {
    charger,
    backplate,
    from_at: from,
    until_at: until ?? null,
    destination: destination ?? null,
    mounted_by: mountedBy.bookOrder,
    dismounted_by: dismountedBy?.bookOrder ?? null,
  };
}

async function takeWirings(
  transaction: Transaction,
  news: ReadonlyMap<string, readonly LedgerFact[]>,
  after: number,
) {
  const backplates = idsOfThings(news.keys(), 'backplate');
  if (backplates.length === 0) return;
  const known = await factsAbout(
    transaction,
    { scope: 'backplate', ids: backplates, types: WIRING_FACTS },
    after + 1,
  );
  const sites = await sitesOfCircuits(transaction, [...known.values(), ...news.values()].flat());
  const rows = new VersionedRows<WiringRow>('wiring', WIRING_COLUMNS, (row) => row.backplate);
  await rows.load(transaction, 'backplate = ANY($1)', [backplates]);
  for (const backplate of backplates) {
    const facts = known.get(backplate) ?? [];
    for (const fact of news.get(`backplate:${backplate}`) ?? []) {
      facts.push(fact);
      rows.replace(backplate, wiringsOf(facts, sites), fact.bookOrder);
    }
  }
  await rows.save(transaction);
}

/** A circuit is in one site for ever, told by the fact that added it, which comes before any backplate on it. */
async function sitesOfCircuits(
  transaction: Transaction,
  facts: readonly LedgerFact[],
): Promise<Map<string, string>> {
  const circuits = [...new Set(facts.flatMap((fact) => circuitsNamedBy(fact)))];
  const added = await transaction.query<{ circuit: string; site: string }>(
    `SELECT circuit, site FROM ledger.fact WHERE circuit = ANY($1) AND type = 'CircuitAdded'`,
    [circuits],
  );
  return new Map(added.map(({ circuit, site }) => [circuit, site]));
}

function circuitsNamedBy(fact: LedgerFact): string[] {
  if (fact.type === 'FactReplaced') {
    const { circuit } = fact.data.replacement;
    return typeof circuit === 'string' ? [circuit] : [];
  }
  return 'circuit' in fact.data && typeof fact.data.circuit === 'string' ? [fact.data.circuit] : [];
}

function wiringsOf(recorded: readonly LedgerFact[], sites: ReadonlyMap<string, string>): WiringRow[] {
  const rows: WiringRow[] = [];
  for (const fact of factsInEffect(recorded)) {
    const at = fact.metadata.occurredAt;
    const open = rows.at(-1);
    if (open?.until_at === null)
      rows.splice(-1, 1, ...(open.from_at < at ? [{ ...open, until_at: at }] : []));
    if (fact.type !== 'BackplateInstalled' && fact.type !== 'BackplateRewired') continue;
    const { backplate, circuit } = fact.data;
    rows.push({ backplate, circuit, site: sites.get(circuit) ?? '', from_at: at, until_at: null });
  }
  return rows;
}
