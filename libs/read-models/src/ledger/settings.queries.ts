import type {
  BackplateState,
  ChargerState,
  CircuitState,
  EffectiveFact,
  Evolution,
  Instant,
  SiteState,
} from '@chargebook/domain';
import {
  backplateEvolution,
  chargerEvolution,
  circuitEvolution,
  compareFacts,
  siteEvolution,
} from '@chargebook/domain';
import type { AsOf } from '../book/as-of';
import type { AccessScope } from '../access/access-scope';
import type { Database } from '../database/database';
import type { FactRow, FactScope } from './ledger';
import { factOfRow } from './ledger';

/** The newest fact of each type about each thing says all about settings: each sets its own values anew. */
const LATEST_OF_EACH_TYPE = `SELECT fact.* FROM unnest($1::text[]) AS thing (id) CROSS JOIN unnest($2::text[]) AS kind (type)
  CROSS JOIN LATERAL (
    SELECT * FROM ledger.fact WHERE fact.{scope} = thing.id AND fact.type = kind.type
      AND fact.occurred_at <= $3 AND fact.sequence <= $4 AND (fact.corrected_by IS NULL OR fact.corrected_by > $4)
      AND fact.problem IS NULL
    ORDER BY fact.occurred_at DESC, fact.device_sequence DESC NULLS FIRST, fact.sequence DESC LIMIT 1
  ) AS fact`;

/** Facts that were replaced, with what they are replaced by: each counts when its replacement says that it happened. */
const REPLACED = `SELECT wrong.*, correction.data AS correction FROM ledger.fact AS correction
  JOIN ledger.fact AS wrong ON wrong.event_id = correction.corrects AND wrong.corrected_by = correction.sequence
  WHERE correction.{scope} = ANY($1) AND correction.type = 'FactReplaced' AND correction.sequence <= $4
    AND correction.problem IS NULL AND wrong.type = ANY($2) AND (correction.data ->> 'occurredAt')::timestamptz <= $3`;

const CHARGER_SETTINGS = [
  'ChargerRegistered',
  'ChargerProtocolSet',
  'ChargerControlTransferred',
  'MaxChargerCurrentSet',
  'PhaseModeSet',
  'ChargerEnabled',
  'ChargerDisabled',
  'ChargePlanSet',
  'ChargePlanRemoved',
  'ScheduleOverridden',
  'PowerLost',
  'PowerRestored',
  'ChargerRetired',
];
const CIRCUIT_SETTINGS = [
  'CircuitAdded',
  'CircuitFuseRatingSet',
  'MaxCircuitCurrentSet',
  'OfflineFallbackCurrentSet',
  'PrimaryBackplateDesignated',
  'CircuitRetired',
];
const SITE_SETTINGS = [
  'SiteRegistered',
  'SiteRenamed',
  'SiteAddressCorrected',
  'SiteRatedCurrentSet',
  'SiteTimeZoneSet',
  'SiteControlTransferred',
  'SiteRetired',
];
const BACKPLATE_SETTINGS = ['BackplateInstalled', 'BackplateRewired', 'BackplateRemoved'];

/** What things were set to at an instant, as known at a sequence. */
export class SettingsQueries {
  constructor(
    private readonly database: Database,
    private readonly scope: AccessScope,
  ) {}

  /** Of those that may be seen. Places are only come to by what may be seen. */
  async chargers(serials: readonly string[], asOf: AsOf): Promise<Map<string, ChargerState>> {
    const seen = await this.scope.chargers(serials, 'ANY');
    return this.states('charger', [...seen], CHARGER_SETTINGS, chargerEvolution, asOf);
  }

  circuits(ids: readonly string[], asOf: AsOf): Promise<Map<string, CircuitState>> {
    return this.states('circuit', ids, CIRCUIT_SETTINGS, circuitEvolution, asOf);
  }

  sites(ids: readonly string[], asOf: AsOf): Promise<Map<string, SiteState>> {
    return this.states('site', ids, SITE_SETTINGS, siteEvolution, asOf);
  }

  backplates(ids: readonly string[], asOf: AsOf): Promise<Map<string, BackplateState>> {
    return this.states('backplate', ids, BACKPLATE_SETTINGS, backplateEvolution, asOf);
  }

  /** Whether chargers were reachable: their connectivity was not lost, or restored since. */
  async areOnline(serials: readonly string[], asOf: AsOf): Promise<Map<string, boolean>> {
    const seen = [...(await this.scope.chargers(serials, 'ANY'))];
    const facts = await this.latest('charger', seen, ['ConnectivityLost', 'ConnectivityRestored'], asOf);
    return new Map(seen.map((serial) => [serial, facts.get(serial)?.at(-1)?.type !== 'ConnectivityLost']));
  }

  private async states<State>(
    scope: keyof FactScope,
    ids: readonly string[],
    types: readonly string[],
    evolution: Evolution<State>,
    asOf: AsOf,
  ): Promise<Map<string, State>> {
    const facts = await this.latest(scope, ids, types, asOf);
    const stateOf = (id: string) =>
      (facts.get(id) ?? []).reduce((state, fact) => evolution.evolve(state, fact), evolution.initial);
    return new Map(ids.map((id) => [id, stateOf(id)]));
  }

  /** The newest fact of each type about each thing, in the order in which they take effect. */
  async latest(
    scope: keyof FactScope,
    ids: readonly string[],
    types: readonly string[],
    { at, cut }: AsOf,
  ): Promise<Map<string, EffectiveFact[]>> {
    const values = [ids, types, at, cut];
    const [standing, replaced] = await Promise.all([
      this.database.query<FactRow>(LATEST_OF_EACH_TYPE.replaceAll('{scope}', scope), values),
      this.database.query<ReplacedRow>(REPLACED.replaceAll('{scope}', scope), values),
    ]);
    const newest = new Map<string, Map<string, EffectiveFact>>(ids.map((id) => [id, new Map()]));
    for (const row of [...standing, ...replaced.map(asReplaced)]) {
      const fact = factOfRow(row) as unknown as EffectiveFact;
      const ofThing = newest.get(row[scope] ?? '');
      const known = ofThing?.get(fact.type);
      if (known == null || compareFacts(known, fact) < 0) ofThing?.set(fact.type, fact);
    }
    return new Map([...newest].map(([id, facts]) => [id, [...facts.values()].sort(compareFacts)]));
  }
}

type ReplacedRow = FactRow & {
  correction: { readonly occurredAt: Instant; readonly replacement: Record<string, unknown> };
};

function asReplaced({ correction, ...row }: ReplacedRow): FactRow {
  return { ...row, data: correction.replacement, occurred_at: correction.occurredAt };
}
