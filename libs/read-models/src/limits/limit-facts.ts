import type { EffectiveFact, Instant, LimitKnowledge, LimitPlacement, LimitScope } from '@chargebook/domain';
import { earlier } from '@chargebook/domain';
import type { AsOf } from '../book/as-of';
import { known } from '../book/as-of';
import type { Database } from '../database/database';
import type { FactRow } from '../ledger/ledger';
import { factOfRow } from '../ledger/ledger';
import type { SettingsQueries } from '../ledger/settings.queries';
import type { Overlay } from './overlay';

/** Facts of which there are few in a unit's whole life: all of them are taken. */
const RARE_OF_CHARGER = [
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
  'PowerLost',
  'PowerRestored',
  'FaultRaised',
  'FaultCleared',
  'ChargerRetired',
];
/** Facts that come often: of each the latest, and the first that can have ended it. */
const FREQUENT_OF_CHARGER = {
  DynamicChargerCurrentSet: ['DynamicChargerCurrentCleared', 'SessionStarted'],
  SessionStarted: ['SessionEnded', 'ScheduleOverridden'],
  ConnectivityLost: ['ConnectivityRestored'],
} as const;
/** What happens to whoever carries a circuit's value. */
const RARE_OF_CARRIER = ['ChargerMounted', 'ChargerDismounted', 'PowerLost', 'PowerRestored'];
const FREQUENT_OF_CARRIER = { ConnectivityLost: ['ConnectivityRestored'] } as const;

const RARE_OF_CIRCUIT = [
  'CircuitAdded',
  'CircuitFuseRatingSet',
  'MaxCircuitCurrentSet',
  'OfflineFallbackCurrentSet',
  'PrimaryBackplateDesignated',
];
const LOAD = ['DynamicCircuitCurrentSet', 'DynamicCircuitCurrentCleared'];
/** Late facts can reveal that a set was none; so many in a row have never been one. */
const SETS_LOOKED_BACK = 20;

const OF_SITE = ['SiteRegistered', 'SiteRatedCurrentSet', 'SiteTimeZoneSet'];
const OF_BACKPLATE = ['BackplateInstalled', 'BackplateRewired', 'BackplateRemoved'];

/** Simultaneous facts may come before the one that is looked after. */
const FIRST_FEW = 3;

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
    await facts.addEach('backplate', backplates, OF_BACKPLATE);
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

  of(scope: LimitScope, id: string): EffectiveFact[] {
    return [...(this.facts.get(`${scope}:${id}`)?.values() ?? [])];
  }

  private async addChargers(serials: readonly string[]): Promise<void> {
    await this.addEach('charger', serials, RARE_OF_CHARGER);
    await this.addFrequent(serials, FREQUENT_OF_CHARGER);
  }

  private async addCircuits(circuits: readonly string[]): Promise<void> {
    const all = await this.withParents(circuits);
    await this.addEach('circuit', all, RARE_OF_CIRCUIT);
    await this.addNewest('circuit', all, LOAD);
    await this.addEach(
      'site',
      this.named(all, 'circuit', 'CircuitAdded', (fact) => fact.data.site),
      OF_SITE,
    );
    const primaries = this.named(all, 'circuit', 'PrimaryBackplateDesignated', (fact) => fact.data.backplate);
    await this.addEach('backplate', primaries, OF_BACKPLATE);
    await this.addPlacements(primaries);
    await this.addCarriers(all, primaries);
  }

  /** Whoever carried a circuit's value, or hung on a primary since: what they went through can have unset it. */
  private async addCarriers(circuits: readonly string[], primaries: readonly string[]): Promise<void> {
    const told = this.named(circuits, 'circuit', 'DynamicCircuitCurrentSet', (fact) => fact.data.carrier);
    const sets = circuits.flatMap((circuit) =>
      this.of('circuit', circuit)
        .filter(({ type }) => type === 'DynamicCircuitCurrentSet')
        .map(({ metadata }) => metadata.occurredAt),
    );
    const since = sets.reduce<Instant>(earlier, this.asOf.at);
    const hung = primaries.flatMap((backplate) =>
      (this.placements.get(backplate) ?? [])
        .filter(({ until }) => until == null || until >= since)
        .map(({ charger }) => charger),
    );
    const serials = [...new Set([...told, ...hung])];
    await this.addEach('charger', serials, RARE_OF_CARRIER);
    await this.addFrequent(serials, FREQUENT_OF_CARRIER);
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

  private async addEach(scope: LimitScope, ids: readonly string[], types: readonly string[]): Promise<void> {
    await this.addRows(scope, ids, `fact.${scope} = ANY($3) AND fact.type = ANY($4)`, [ids, types]);
  }

  /** The latest fact of each type, and the first after it of each type that can have ended it. */
  private async addFrequent(
    serials: readonly string[],
    types: Readonly<Record<string, readonly string[]>>,
  ): Promise<void> {
    if (serials.length === 0) return;
    const latest = await this.settings.latest('charger', serials, Object.keys(types), this.asOf);
    const ends: { serial: string; type: string; after: Instant }[] = [];
    for (const [serial, facts] of latest) {
      this.add('charger', serial, facts);
      for (const { type, metadata } of facts) {
        for (const end of types[type] ?? []) ends.push({ serial, type: end, after: metadata.occurredAt });
      }
    }
    if (ends.length === 0) return;
    const rows = await this.database.query<FactRow>(
      `SELECT fact.* FROM unnest($3::text[], $4::text[], $5::timestamptz[]) AS sought (charger, type, after)
       CROSS JOIN LATERAL (
         SELECT * FROM ledger.fact WHERE fact.charger = sought.charger AND fact.type = sought.type
           AND fact.occurred_at >= sought.after AND ${IN_FORCE}
         ORDER BY fact.occurred_at, fact.sequence LIMIT ${String(FIRST_FEW)}) AS fact`,
      [
        this.asOf.cut,
        this.asOf.at,
        ends.map(({ serial }) => serial),
        ends.map(({ type }) => type),
        ends.map(({ after }) => after),
      ],
    );
    this.addFacts('charger', rows);
  }

  /** The newest few facts of each type. */
  private async addNewest(
    scope: LimitScope,
    ids: readonly string[],
    types: readonly string[],
  ): Promise<void> {
    if (ids.length === 0) return;
    const rows = await this.database.query<FactRow>(
      `SELECT fact.* FROM unnest($3::text[]) AS thing (id) CROSS JOIN unnest($4::text[]) AS kind (type)
       CROSS JOIN LATERAL (
         SELECT * FROM ledger.fact WHERE fact.${scope} = thing.id AND fact.type = kind.type AND ${IN_FORCE}
         ORDER BY fact.occurred_at DESC, fact.sequence DESC LIMIT ${String(SETS_LOOKED_BACK)}) AS fact`,
      [this.asOf.cut, this.asOf.at, ids, types],
    );
    this.addFacts(scope, rows);
  }

  private async addRows(
    scope: LimitScope,
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

  private addFacts(scope: LimitScope, rows: readonly FactRow[]): void {
    for (const row of rows) this.add(scope, row[scope] ?? '', [factOfRow(row) as unknown as EffectiveFact]);
  }

  private add(scope: LimitScope, id: string, facts: readonly EffectiveFact[]): void {
    const key = `${scope}:${id}`;
    const kept = this.facts.get(key) ?? new Map<string, EffectiveFact>();
    for (const fact of facts) kept.set(fact.eventId, fact);
    this.facts.set(key, kept);
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
