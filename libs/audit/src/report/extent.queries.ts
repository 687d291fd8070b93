import type { Database } from '@chargebook/read-models';
import { known } from '@chargebook/read-models';
import { CONTROL_OF_CHARGER, CONTROL_OF_SITE } from './control-spans';
import type { ReportArguments } from './report-arguments';

/** The things that a report is about beside its facts, each list in the order of code points. */
export interface Extent {
  /** Whose whole life is told. */
  readonly chargers: readonly string[];
  readonly backplates: readonly string[];
  readonly circuits: readonly string[];
  readonly sites: readonly string[];
  readonly partners: readonly string[];
  /** Sites whose control is told, beside their own. */
  readonly sitesAround: readonly string[];
  /** Circuits whose limits are told, beside their own. */
  readonly circuitsAround: readonly string[];
  /** What an operator had at some time, whoever has it now: of that it is told when. */
  readonly hadChargers: readonly string[];
  readonly hadSites: readonly string[];
}

const NOTHING: Extent = {
  chargers: [],
  backplates: [],
  circuits: [],
  sites: [],
  partners: [],
  sitesAround: [],
  circuitsAround: [],
  hadChargers: [],
  hadSites: [],
};

const HAD = `SELECT id FROM (SELECT DISTINCT {of} AS id FROM ledger.fact
    WHERE operator = $1 AND type = ANY($3) AND sequence <= $2) AS thing ORDER BY id COLLATE "C"`;

/**
 * Whose operator was told last, in the order of recording, is whose it is. Each thing's few facts are looked up by themselves: for
 * the last one of each the planner once read the book from its end.
 */
const CONTROLLED = `SELECT thing.id FROM (SELECT DISTINCT {of} AS id FROM ledger.fact
    WHERE operator = $1 AND type = ANY($3) AND sequence <= $2) AS thing
  CROSS JOIN LATERAL (
    SELECT given.operator FROM unnest($3::text[]) AS kind (type) CROSS JOIN LATERAL (
      SELECT operator, sequence FROM ledger.fact WHERE fact.{of} = thing.id AND fact.type = kind.type AND sequence <= $2
      OFFSET 0) AS given
    ORDER BY given.sequence DESC LIMIT 1) AS last
  WHERE last.operator = $1 ORDER BY thing.id COLLATE "C"`;

/** What there is in the scope of a report, as of its cut. */
export class ExtentQueries {
  constructor(private readonly database: Database) {}

  async of({ scope, asOfSequence: cut }: ReportArguments): Promise<Extent> {
    const ids = (sql: string, ...values: readonly unknown[]) => this.ids(sql, values);
    switch (scope.kind) {
      case 'charger':
        return { ...NOTHING, chargers: [scope.id] };
      case 'backplate': {
        const last = await this.lastWiring(scope.id, cut);
        return { ...NOTHING, backplates: [scope.id], ...last };
      }
      case 'circuit':
        return {
          ...NOTHING,
          circuits: [scope.id],
          backplates: await ids(wiredTo('circuit'), scope.id, cut),
          sitesAround: await ids(SITE_OF_CIRCUIT, scope.id, cut),
        };
      case 'site':
        return {
          ...NOTHING,
          sites: [scope.id],
          circuits: await ids(CIRCUITS_OF_SITE, scope.id, cut),
          backplates: await ids(wiredTo('site'), scope.id, cut),
        };
      case 'operator': {
        const had = (sql: string, of: 'charger' | 'site') =>
          ids(
            sql.replaceAll('{of}', of),
            scope.id,
            cut,
            of === 'charger' ? CONTROL_OF_CHARGER : CONTROL_OF_SITE,
          );
        const sites = await had(CONTROLLED, 'site');
        return {
          ...NOTHING,
          chargers: await had(CONTROLLED, 'charger'),
          sites,
          circuitsAround: await ids(CIRCUITS_OF_SITES, sites, cut),
          partners: await ids(PARTNERS_OF, scope.id, cut),
          hadChargers: await had(HAD, 'charger'),
          hadSites: await had(HAD, 'site'),
        };
      }
      case 'partner':
        return { ...NOTHING, partners: [scope.id] };
      case 'book':
        return {
          ...NOTHING,
          chargers: await ids(all('charger', 'ChargerRegistered'), cut),
          backplates: await ids(all('backplate', 'BackplateInstalled'), cut),
          circuits: await ids(all('circuit', 'CircuitAdded'), cut),
          sites: await ids(all('site', 'SiteRegistered'), cut),
          partners: await ids(all('partner', 'PartnerRegistered'), cut),
        };
    }
  }

  private async lastWiring(backplate: string, cut: number) {
    const rows = await this.database.query<{ circuit: string; site: string }>(
      `SELECT circuit, site FROM placements.wiring WHERE backplate = $1 AND ${known('wiring', '$2')}
       ORDER BY from_at DESC LIMIT 1`,
      [backplate, cut],
    );
    return { circuitsAround: rows.map(({ circuit }) => circuit), sitesAround: rows.map(({ site }) => site) };
  }

  private async ids(sql: string, values: readonly unknown[]): Promise<string[]> {
    return (await this.database.query<{ id: string }>(sql, values)).map(({ id }) => id);
  }
}

const all = (of: string, type: string) =>
  `SELECT id FROM (SELECT DISTINCT ${of} AS id FROM ledger.fact WHERE type = '${type}' AND sequence <= $1
     AND ${of} IS NOT NULL) AS thing ORDER BY id COLLATE "C"`;

const wiredTo = (place: string) =>
  `SELECT id FROM (SELECT DISTINCT backplate AS id FROM placements.wiring
     WHERE ${place} = $1 AND ${known('wiring', '$2')}) AS thing ORDER BY id COLLATE "C"`;

const CIRCUITS_OF_SITE = `SELECT id FROM (SELECT DISTINCT circuit AS id FROM ledger.fact
    WHERE site = $1 AND type = 'CircuitAdded' AND sequence <= $2) AS thing ORDER BY id COLLATE "C"`;

const CIRCUITS_OF_SITES = `SELECT id FROM (SELECT DISTINCT circuit AS id FROM ledger.fact
    WHERE site = ANY($1) AND type = 'CircuitAdded' AND sequence <= $2) AS thing ORDER BY id COLLATE "C"`;

const SITE_OF_CIRCUIT = `SELECT DISTINCT site AS id FROM ledger.fact
    WHERE circuit = $1 AND type = 'CircuitAdded' AND sequence <= $2`;

const PARTNERS_OF = `SELECT id FROM (SELECT DISTINCT partner AS id FROM ledger.fact
    WHERE operator = $1 AND type = 'PartnerRegistered' AND sequence <= $2) AS thing ORDER BY id COLLATE "C"`;
