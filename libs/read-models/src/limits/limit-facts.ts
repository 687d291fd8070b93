import type {
  EffectiveFact,
  Instant,
  LimitKnowledge,
  LimitPlacement,
  LimitScope,
  Overlay,
} from '@chargebook/domain';
import { compareFacts, earlier } from '@chargebook/domain';
import { known } from '../book/as-of';
import type { Database } from '../database/database';
import type { FrequentFacts, LimitLook, ProbedRow } from './fact-probes';
import { FactProbes, probedFact } from './fact-probes';

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
/** Late facts can reveal that a set was none; so many in a row have never been one. */
const SETS_LOOKED_BACK = 20;

const CONNECTIVITY: FrequentFacts = {
  type: 'ConnectivityLost',
  ends: ['ConnectivityRestored'],
  lookedBack: 1,
};
const FREQUENT_OF_CHARGER: readonly FrequentFacts[] = [
  {
    type: 'DynamicChargerCurrentSet',
    ends: ['DynamicChargerCurrentCleared', 'SessionStarted'],
    lookedBack: SETS_LOOKED_BACK,
  },
  { type: 'SessionStarted', ends: ['SessionEnded', 'ScheduleOverridden'], lookedBack: 1 },
  CONNECTIVITY,
];
/** What happens to whoever carries a circuit's value. */
const RARE_OF_CARRIER = ['ChargerMounted', 'ChargerDismounted', 'PowerLost', 'PowerRestored'];

const RARE_OF_CIRCUIT = [
  'CircuitAdded',
  'CircuitFuseRatingSet',
  'MaxCircuitCurrentSet',
  'OfflineFallbackCurrentSet',
  'PrimaryBackplateDesignated',
  'CircuitRetired',
];
const LOAD_OF_CIRCUIT: readonly FrequentFacts[] = [
  {
    type: 'DynamicCircuitCurrentSet',
    ends: ['DynamicCircuitCurrentCleared'],
    lookedBack: SETS_LOOKED_BACK,
  },
];

const OF_SITE = ['SiteRegistered', 'SiteRatedCurrentSet', 'SiteTimeZoneSet', 'SiteRetired'];
const OF_BACKPLATE = ['BackplateInstalled', 'BackplateRewired', 'BackplateRemoved'];

/** Things whose facts are wanted for themselves. */
export interface WantedThings {
  readonly chargers?: readonly string[];
  /** With who hung there. */
  readonly backplates?: readonly string[];
  readonly circuits?: readonly string[];
  readonly sites?: readonly string[];
}

/**
 * The facts that can matter for limits at an instant or over a span, fetched by a handful of index probes: what
 * `LimitKnowledge` asks for.
 */
export class LimitFacts {
  private readonly facts = new Map<string, Map<string, EffectiveFact>>();
  private readonly placements = new Map<string, LimitPlacement[]>();
  private readonly probes: FactProbes;

  private constructor(
    private readonly database: Database,
    private readonly look: LimitLook,
    private readonly overlay?: Overlay,
  ) {
    this.probes = new FactProbes(database, look);
  }

  /**
   * @param overlay facts that will be laid over these: what they lead to is fetched as well
   * @throws SpanTooBusyError where more happened in the span than is read at once
   */
  static async of(
    database: Database,
    { chargers = [], backplates = [], circuits = [], sites = [] }: WantedThings,
    look: LimitLook,
    overlay?: Overlay,
  ): Promise<LimitFacts> {
    const facts = new LimitFacts(database, look, overlay);
    await facts.addChargers(chargers);
    const places = [...new Set([...backplates, ...facts.placesOf(chargers)])];
    await Promise.all([
      facts.addEach('backplate', places, OF_BACKPLATE),
      facts.addPlacements(backplates),
      facts.addEach('site', sites, OF_SITE),
    ]);
    await facts.addCircuits([...circuits, ...places.flatMap((place) => facts.circuitsOf(place))]);
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
    return [...(this.facts.get(keyOf(scope, id))?.values() ?? [])];
  }

  /** All things whose facts were looked at: `charger:C1`, `circuit:K1` and so on. */
  get things(): ReadonlySet<string> {
    return new Set(this.facts.keys());
  }

  private async addChargers(serials: readonly string[]): Promise<void> {
    const [rare, frequent] = await Promise.all([
      this.probes.every('charger', serials, RARE_OF_CHARGER),
      this.probes.frequent('charger', serials, FREQUENT_OF_CHARGER),
    ]);
    this.add('charger', [...rare, ...frequent]);
  }

  private async addCircuits(circuits: readonly string[]): Promise<void> {
    const all = await this.withParents([...new Set(circuits)]);
    const [rare, load] = await Promise.all([
      this.probes.every('circuit', all, RARE_OF_CIRCUIT),
      this.probes.frequent('circuit', all, LOAD_OF_CIRCUIT),
    ]);
    this.add('circuit', [...rare, ...load]);
    const sites = this.named(all, 'circuit', 'CircuitAdded', (fact) => fact.data.site);
    const primaries = this.named(all, 'circuit', 'PrimaryBackplateDesignated', (fact) => fact.data.backplate);
    await Promise.all([
      this.addEach('site', sites, OF_SITE),
      this.addEach('backplate', primaries, OF_BACKPLATE),
      this.addPlacements(primaries),
    ]);
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
    const since = sets.reduce<Instant>(earlier, this.look.at);
    const hung = primaries.flatMap((backplate) =>
      (this.placements.get(backplate) ?? [])
        .filter(({ until }) => until == null || until >= since)
        .map(({ charger }) => charger),
    );
    const serials = [...new Set([...told, ...hung])];
    const [rare, frequent] = await Promise.all([
      this.probes.every('charger', serials, RARE_OF_CARRIER),
      this.probes.frequent('charger', serials, [CONNECTIVITY]),
    ]);
    this.add('charger', [...rare, ...frequent]);
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
    const unknown = backplates.filter((backplate) => !this.placements.has(backplate));
    if (unknown.length === 0) return;
    const { at, cut, until } = this.look;
    const rows = await this.database.query<{
      backplate: string;
      charger: string;
      from_at: Instant;
      until_at: Instant | null;
    }>(
      `SELECT backplate, charger, from_at, until_at FROM placements.stay
       WHERE backplate = ANY($1) AND ${known('stay', '$2')} AND from_at <= $3`,
      [unknown, cut, until ?? at],
    );
    for (const backplate of unknown) this.placements.set(backplate, []);
    for (const { backplate, charger, from_at: from, until_at: end } of rows) {
      this.placements.get(backplate)?.push({ charger, from, until: end ?? undefined });
    }
  }

  private async addEach(scope: LimitScope, ids: readonly string[], types: readonly string[]): Promise<void> {
    this.add(scope, await this.probes.every(scope, ids, types));
  }

  private add(scope: LimitScope, rows: readonly ProbedRow[]): void {
    for (const row of rows) {
      const key = keyOf(scope, row.thing);
      const kept = this.facts.get(key) ?? new Map<string, EffectiveFact>();
      kept.set(row.event_id, probedFact(row));
      this.facts.set(key, kept);
    }
  }

  /** The places where chargers hung last, in the span, or would by the overlay. */
  private placesOf(serials: readonly string[]): string[] {
    if (this.overlay != null)
      return this.named(serials, 'charger', 'ChargerMounted', (fact) => fact.data.backplate);
    return serials.flatMap((serial) => {
      const mounts = this.of('charger', serial)
        .filter((fact) => fact.type === 'ChargerMounted')
        .sort(compareFacts);
      const last = mounts.findLastIndex(({ metadata }) => metadata.occurredAt <= this.look.at);
      return mounts.slice(Math.max(0, last)).map(({ data }) => data.backplate);
    });
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

function keyOf(scope: LimitScope, id: string): string {
  return `${scope}:${id}`;
}
