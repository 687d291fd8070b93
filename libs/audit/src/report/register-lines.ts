import type { Instant } from '@chargebook/domain';
import { plusMs } from '@chargebook/domain';
import type { AccessScope, Database } from '@chargebook/read-models';
import { PlacementQueries, SettingsQueries, visitsTo, within } from '@chargebook/read-models';
import type { JsonValue } from '@chargebook/transparency';
import type { Extent } from './extent.queries';
import type { ReportArguments } from './report-arguments';
import { isPlace } from './report-arguments';
import type { ReportLine } from './report-line';
import { inGroups, lineOf } from './report-line';

const THINGS_AT_ONCE = 200;

interface AsOf {
  readonly at: Instant;
  readonly cut: number;
}

/** The register of assets: what there was at the end of a report's span. */
export class RegisterLines {
  private readonly settings: SettingsQueries;
  private readonly placements: PlacementQueries;

  constructor(
    private readonly database: Database,
    wholeBook: AccessScope,
  ) {
    this.settings = new SettingsQueries(database, wholeBook);
    this.placements = new PlacementQueries(database, wholeBook);
  }

  async *of(
    { scope, to, asOfSequence: cut }: ReportArguments,
    extent: Extent,
  ): AsyncGenerator<ReportLine[], void, undefined> {
    const asOf = { at: plusMs(to, -1), cut };
    for (const ids of inGroups(extent.sites, THINGS_AT_ONCE)) yield await this.sites(ids, asOf);
    for (const ids of inGroups(extent.circuits, THINGS_AT_ONCE)) yield await this.circuits(ids, asOf);
    for (const ids of inGroups(extent.backplates, THINGS_AT_ONCE)) yield await this.backplates(ids, asOf);
    for (const ids of inGroups(extent.chargers, THINGS_AT_ONCE)) yield await this.chargers(ids, asOf);
    if (isPlace(scope)) yield await this.visitors(scope.kind, scope.id, asOf);
  }

  private async sites(ids: readonly string[], asOf: AsOf): Promise<ReportLine[]> {
    const states = await this.settings.sites(ids, asOf);
    return ids.flatMap((id) => {
      const state = states.get(id);
      if (state?.registeredAt == null) return [];
      const { name, address, timeZone, gridType, ratedCurrentAmps, operator, registeredAt, retiredAt } =
        state;
      const told = { name, address, timeZone, gridType, ratedCurrentAmps, operator, registeredAt, retiredAt };
      return [assetLine('site', id, told)];
    });
  }

  private async circuits(ids: readonly string[], asOf: AsOf): Promise<ReportLine[]> {
    const states = await this.settings.circuits(ids, asOf);
    return ids.flatMap((id) => {
      const state = states.get(id);
      if (state?.addedAt == null) return [];
      const { site, name, parent, fuseRatingAmps, maxCurrentAmps, offlineFallbackAmps } = state;
      const { designated, addedAt, retiredAt } = state;
      const limits = { fuseRatingAmps, maxCurrentAmps, offlineFallbackAmps };
      const told = { site, name, parent, ...limits, primaryBackplate: designated, addedAt, retiredAt };
      return [assetLine('circuit', id, told as JsonMembers)];
    });
  }

  private async backplates(ids: readonly string[], asOf: AsOf): Promise<ReportLine[]> {
    const states = await this.settings.backplates(ids, asOf);
    return ids.flatMap((id) => {
      const state = states.get(id);
      if (state?.installedAt == null) return [];
      const { label, circuit, installedAt, removedAt } = state;
      return [assetLine('backplate', id, { label, circuit, installedAt, removedAt })];
    });
  }

  private async chargers(ids: readonly string[], asOf: AsOf): Promise<ReportLine[]> {
    const states = await this.settings.chargers(ids, asOf);
    const places = await this.placements.ofChargersAt(ids, asOf);
    return ids.flatMap((id) => {
      const state = states.get(id);
      if (state?.registeredAt == null) return [];
      const { model, productLine, ratedCurrentAmps, protocol, phaseMode, singlePhase, enabled } = state;
      const { operator, maxCurrentAmps, registeredAt, retiredAt } = state;
      const place = places.get(id);
      const hangs = { backplate: place?.backplateId, circuit: place?.circuitId, site: place?.siteId };
      const unit = { model, productLine, ratedCurrentAmps, protocol, phaseMode, singlePhase, enabled };
      const told = { ...unit, operator, maxCurrentAmps, registeredAt, retiredAt, ...hangs };
      return [assetLine('charger', id, told)];
    });
  }

  /** Of chargers at a place whoever has the place knows that they are there. */
  private async visitors(
    place: 'backplate' | 'circuit' | 'site',
    id: string,
    { at, cut }: AsOf,
  ): Promise<ReportLine[]> {
    const axis = place.toUpperCase() as 'BACKPLATE' | 'CIRCUIT' | 'SITE';
    const rows = await this.database.query<{ charger: string; since: Instant }>(
      `SELECT visit.charger, visit.from_at AS since FROM (${visitsTo(axis, '$1', '$2')}) AS visit
       WHERE ${within('$3', 'visit')} ORDER BY visit.charger COLLATE "C"`,
      [id, cut, at],
    );
    return rows.map(({ charger, since }) => assetLine('charger', charger, { since }));
  }
}

type JsonMembers = Readonly<Record<string, JsonValue | undefined>>;

function assetLine(asset: string, id: string, told: JsonMembers): ReportLine {
  return lineOf('asset', { asset, id, ...told });
}
