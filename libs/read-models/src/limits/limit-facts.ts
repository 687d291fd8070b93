import type { EffectiveFact, Instant, LimitKnowledge, LimitPlacement, LimitScope } from '@chargebook/domain';
import type { AsOf } from '../book/as-of';
import { known } from '../book/as-of';
import type { Database } from '../database/database';
import type { FactRow, FactScope } from '../ledger/ledger';
import { factOfRow } from '../ledger/ledger';
import type { SettingsQueries } from '../ledger/settings.queries';
import type { Overlay } from './overlay';

const CHARGER_TYPES = [
  'ChargerRegistered',
  'ChargerProtocolSet',
  'ChargerMounted',
  'ChargerDismounted',
  'MaxChargerCurrentSet',
  'PhaseModeSet',
  'ChargerEnabled',
  'ChargerDisabled',
  'ChargePlanSet',
  'ChargePlanRemoved',
  'ScheduleOverridden',
  'PowerLost',
  'PowerRestored',
  'FaultRaised',
  'FaultCleared',
  'SessionStarted',
  'SessionEnded',
  'ChargerRetired',
  'DynamicChargerCurrentSet',
  'DynamicChargerCurrentCleared',
  'ConnectivityLost',
  'ConnectivityRestored',
];
const CIRCUIT_TYPES = [
  'CircuitAdded',
  'CircuitFuseRatingSet',
  'MaxCircuitCurrentSet',
  'OfflineFallbackCurrentSet',
  'DynamicCircuitCurrentSet',
  'DynamicCircuitCurrentCleared',
];
const SITE_TYPES = ['SiteRegistered', 'SiteRatedCurrentSet', 'SiteTimeZoneSet'];

/** Facts by which a volatile value is lost: the first after it was set says what ended it. */
const RESETS = ['SessionStarted', 'PowerLost', 'ChargerDismounted'];
/** Facts of which each one can matter, and of which there are few. */
const EACH_DESIGNATION = ['PrimaryBackplateDesignated'];
const EACH_WIRING = ['BackplateInstalled', 'BackplateRewired', 'BackplateRemoved'];
/** A charger's faults are raised and cleared by name. */
const EACH_FAULT = ['FaultRaised', 'FaultCleared'];

/** The facts that can matter for the limits of some chargers at an instant, fetched by a handful of index probes. */
export class LimitFacts {
  private readonly facts = new Map<string, Map<string, EffectiveFact>>();
  private readonly placements = new Map<string, LimitPlacement[]>();

  private constructor(
    private readonly database: Database,
    private readonly settings: SettingsQueries,
    private readonly asOf: AsOf,
    private readonly overlay?: Overlay,
  ) {}

  /** @param overlay facts that will be laid over these: what they lead to is fetched as well */
  static async ofChargers(
    database: Database,
    settings: SettingsQueries,
    serials: readonly string[],
    asOf: AsOf,
    overlay?: Overlay,
  ): Promise<LimitFacts> {
    const facts = new LimitFacts(database, settings, asOf, overlay);
    await facts.addChargers(serials);
    const backplates = facts.named(serials, 'charger', 'ChargerMounted', (fact) => fact.data.backplate);
    await facts.addEach('backplate', backplates, EACH_WIRING);
    const circuits = backplates.flatMap((backplate) => facts.circuitsOf(backplate));
    await facts.addCircuits(circuits);
    return facts;
  }

  static async ofCircuits(
    database: Database,
    settings: SettingsQueries,
    circuits: readonly string[],
    asOf: AsOf,
  ): Promise<LimitFacts> {
    const facts = new LimitFacts(database, settings, asOf);
    await facts.addCircuits(circuits);
    return facts;
  }

  knowledgeOf(charger: string): LimitKnowledge {
    return {
      charger,
      factsOf: (scope, id) => this.of(scope, id),
      placementsOn: (backplate) => this.placements.get(backplate) ?? [],
    };
  }

  of(scope: keyof FactScope, id: string): EffectiveFact[] {
    return [...(this.facts.get(`${scope}:${id}`)?.values() ?? [])];
  }

  private async addChargers(serials: readonly string[]): Promise<void> {
    await this.addLatest('charger', serials, CHARGER_TYPES);
    await this.addEach('charger', this.withFact(serials, 'FaultRaised'), EACH_FAULT);
    await this.addFirstAfter(
      serials.flatMap((serial) => {
        const set = this.of('charger', serial).find(({ type }) => type === 'DynamicChargerCurrentSet');
        return set == null ? [] : [{ serial, after: set.metadata.occurredAt }];
      }),
    );
  }

  private async addCircuits(circuits: readonly string[]): Promise<void> {
    const all = await this.withParents(circuits);
    await this.addLatest('circuit', all, CIRCUIT_TYPES);
    await this.addEach('circuit', all, EACH_DESIGNATION);
    await this.addLatest(
      'site',
      this.named(all, 'circuit', 'CircuitAdded', (fact) => fact.data.site),
      SITE_TYPES,
    );
    const primaries = this.named(all, 'circuit', 'PrimaryBackplateDesignated', (fact) => fact.data.backplate);
    await this.addEach('backplate', primaries, EACH_WIRING);
    await this.addPlacements(primaries);
    await this.addCarriers(all, primaries);
  }

  /** Whoever hung on a primary since the circuit's value was set: what they went through can have unset it. */
  private async addCarriers(circuits: readonly string[], primaries: readonly string[]): Promise<void> {
    const sets = circuits.flatMap((circuit) =>
      this.of('circuit', circuit)
        .filter(({ type }) => type === 'DynamicCircuitCurrentSet')
        .map(({ metadata }) => metadata.occurredAt),
    );
    const after = sets.reduce<Instant>((first, at) => (at < first ? at : first), this.asOf.at);
    const carriers = new Set(
      primaries.flatMap((backplate) =>
        (this.placements.get(backplate) ?? [])
          .filter(({ until }) => until == null || until > after)
          .map(({ charger }) => charger),
      ),
    );
    const serials = [...carriers];
    await this.addLatest('charger', serials, CHARGER_TYPES);
    if (sets.length > 0) await this.addSince(serials, after);
  }

  private async withParents(circuits: readonly string[]): Promise<string[]> {
    if (circuits.length === 0) return [];
    const rows = await this.database.query<{ id: string }>(
      `WITH RECURSIVE line (id) AS (
         SELECT unnest($1::text[]) UNION
         SELECT circuit.parent FROM line JOIN registry.circuit ON circuit.id = line.id WHERE circuit.parent IS NOT NULL
       ) SELECT id FROM line`,
      [circuits],
    );
    return rows.map(({ id }) => id);
  }

  private async addPlacements(backplates: readonly string[]): Promise<void> {
    if (backplates.length === 0) return;
    const rows = await this.database.query<{
      backplate: string;
      charger: string;
      from_at: Instant;
      until_at: Instant | null;
    }>(
      `SELECT backplate, charger, from_at, until_at FROM placements.stay
       WHERE backplate = ANY($1) AND ${known('stay', '$2')} AND from_at <= $3`,
      [backplates, this.asOf.cut, this.asOf.at],
    );
    for (const backplate of backplates) this.placements.set(backplate, []);
    for (const { backplate, charger, from_at: from, until_at: until } of rows) {
      this.placements.get(backplate)?.push({ charger, from, until: until ?? undefined });
    }
  }

  private async addLatest(
    scope: keyof FactScope,
    ids: readonly string[],
    types: readonly string[],
  ): Promise<void> {
    if (ids.length === 0) return;
    const latest = await this.settings.latest(scope, [...new Set(ids)], types, this.asOf);
    for (const [id, facts] of latest) this.add(scope, id, facts);
  }

  private async addEach(
    scope: keyof FactScope,
    ids: readonly string[],
    types: readonly string[],
  ): Promise<void> {
    await this.addRows(scope, ids, `fact.${scope} = ANY($3) AND fact.type = ANY($4)`, [ids, types]);
  }

  /** Resets of volatile values since an instant. */
  private async addSince(serials: readonly string[], after: Instant): Promise<void> {
    const condition = 'fact.charger = ANY($3) AND fact.type = ANY($4) AND fact.occurred_at >= $5';
    await this.addRows('charger', serials, condition, [
      serials,
      ['PowerLost', 'ChargerDismounted', 'ChargerMounted'],
      after,
    ]);
  }

  /** The first reset of each kind after a value was set. */
  private async addFirstAfter(sets: readonly { serial: string; after: Instant }[]): Promise<void> {
    if (sets.length === 0) return;
    const rows = await this.database.query<FactRow>(
      `SELECT fact.* FROM unnest($3::text[], $4::timestamptz[]) AS set (charger, at)
       CROSS JOIN unnest($5::text[]) AS kind (type) CROSS JOIN LATERAL (
         SELECT * FROM ledger.fact WHERE fact.charger = set.charger AND fact.type = kind.type AND fact.occurred_at >= set.at
           AND ${IN_FORCE} ORDER BY fact.occurred_at, fact.sequence LIMIT 2) AS fact`,
      [this.asOf.cut, this.asOf.at, sets.map(({ serial }) => serial), sets.map(({ after }) => after), RESETS],
    );
    this.addFacts('charger', rows);
  }

  private async addRows(
    scope: keyof FactScope,
    ids: readonly string[],
    condition: string,
    values: readonly unknown[],
  ): Promise<void> {
    if (ids.length === 0) return;
    const rows = await this.database.query<FactRow>(
      `SELECT fact.* FROM ledger.fact WHERE ${condition} AND ${IN_FORCE}`,
      [this.asOf.cut, this.asOf.at, ...values],
    );
    this.addFacts(scope, rows);
  }

  private addFacts(scope: keyof FactScope, rows: readonly FactRow[]): void {
    for (const row of rows) this.add(scope, row[scope] ?? '', [factOfRow(row) as unknown as EffectiveFact]);
  }

  private add(scope: keyof FactScope, id: string, facts: readonly EffectiveFact[]): void {
    const key = `${scope}:${id}`;
    const kept = this.facts.get(key) ?? new Map<string, EffectiveFact>();
    for (const fact of facts) kept.set(fact.eventId, fact);
    this.facts.set(key, kept);
  }

  private withFact(ids: readonly string[], type: string): string[] {
    return ids.filter((id) => this.of('charger', id).some((fact) => fact.type === type));
  }

  private circuitsOf(backplate: string): string[] {
    const facts = [...this.of('backplate', backplate), ...(this.overlay?.of('backplate', backplate) ?? [])];
    return facts.flatMap((fact) =>
      fact.type === 'BackplateInstalled' || fact.type === 'BackplateRewired' ? [fact.data.circuit] : [],
    );
  }

  private named<Type extends EffectiveFact['type']>(
    ids: readonly string[],
    scope: LimitScope,
    type: Type,
    nameOf: (fact: Extract<EffectiveFact, { type: Type }>) => string,
  ): string[] {
    const names = ids.flatMap((id) =>
      [...this.of(scope, id), ...(this.overlay?.of(scope, id) ?? [])].flatMap((fact) =>
        fact.type === type ? [nameOf(fact as Extract<EffectiveFact, { type: Type }>)] : [],
      ),
    );
    return [...new Set(names)];
  }
}

/** Known at the cut ($1), at or before the instant ($2), and not corrected. */
const IN_FORCE = `fact.sequence <= $1 AND fact.occurred_at <= $2 AND fact.problem IS NULL
  AND (fact.corrected_by IS NULL OR fact.corrected_by > $1)`;
