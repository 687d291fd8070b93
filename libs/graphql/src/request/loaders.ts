import type { BackplateState, ChargerState, CircuitState, Instant, SiteState } from '@chargebook/domain';
import { forbidden } from '@chargebook/domain';
import type {
  AsOf,
  BackplateRecord,
  ChargerRecord,
  CircuitRecord,
  EffectiveLimitAnswer,
  HistoryFact,
  OperatorRecord,
  Placement,
  SessionRecord,
  SiteRecord,
} from '@chargebook/read-models';
import DataLoader from 'dataloader';
import type { Queries } from './queries';

type Loader<Value> = DataLoader<string, Value | undefined>;

/** Values by id; an error where one may not have it. */
type Load<Value> = (ids: readonly string[]) => Promise<Map<string, Value | Error>>;

/** Things by their ids, asked for together and once in a request. */
export class Loaders {
  readonly operator: Loader<OperatorRecord>;
  readonly site: Loader<SiteRecord>;
  readonly circuit: Loader<CircuitRecord>;
  readonly backplate: Loader<BackplateRecord>;
  readonly charger: Loader<ChargerRecord>;
  readonly circuitsOfSite: Loader<CircuitRecord[]>;
  readonly backplatesOfCircuit: Loader<BackplateRecord[]>;
  readonly fact: Loader<HistoryFact>;
  readonly actorName: Loader<string>;
  private readonly timed = new Map<string, unknown>();

  constructor(private readonly queries: Queries) {
    const { registry, history } = queries;
    this.operator = byId((ids) => registry.operators(ids));
    this.site = byId((ids) => registry.sites(ids));
    this.circuit = byId((ids) => registry.circuits(ids));
    this.backplate = byId((ids) => registry.backplates(ids));
    this.charger = byId((ids) => registry.chargers(ids));
    this.circuitsOfSite = byId((ids) => registry.circuitsOfSites(ids));
    this.backplatesOfCircuit = byId((ids) => registry.backplatesOfCircuits(ids));
    this.fact = byId((ids) => history.byEventIds(ids));
    this.actorName = byId((ids) => queries.names.ofActors(ids));
  }

  siteSettings(asOf: AsOf): Loader<SiteState> {
    return this.asOf('site', asOf, (ids) => this.queries.settings.sites(ids, asOf));
  }

  circuitSettings(asOf: AsOf): Loader<CircuitState> {
    return this.asOf('circuit', asOf, (ids) => this.queries.settings.circuits(ids, asOf));
  }

  backplateSettings(asOf: AsOf): Loader<BackplateState> {
    return this.asOf('backplate', asOf, (ids) => this.queries.settings.backplates(ids, asOf));
  }

  chargerSettings(asOf: AsOf): Loader<ChargerState> {
    return this.asOf(
      'charger',
      asOf,
      this.permitted('ANY', (ids) => this.queries.settings.chargers(ids, asOf)),
    );
  }

  /** Settings for who may read the state, of which the plan is a part. */
  chargePlan(asOf: AsOf): Loader<Pick<ChargerState, 'plan'>> {
    const load = this.permitted('READ_STATE', (ids) => this.queries.settings.chargers(ids, asOf));
    return this.asOf('plan', asOf, load);
  }

  isOnline(asOf: AsOf): Loader<boolean> {
    return this.asOf(
      'online',
      asOf,
      this.permitted('ANY', (ids) => this.queries.settings.areOnline(ids, asOf)),
    );
  }

  primaryBackplate(asOf: AsOf): Loader<string> {
    return this.asOf('primary', asOf, (ids) => this.queries.limits.primaryBackplates(ids, asOf));
  }

  placementOfCharger(asOf: AsOf): Loader<Placement> {
    const load = this.permitted('ANY', (ids) => this.queries.placements.ofChargersAt(ids, asOf));
    return this.asOf('placement', asOf, load);
  }

  placementOnBackplate(asOf: AsOf): Loader<Placement> {
    return this.asOf('occupant', asOf, (ids) => this.queries.placements.onBackplatesAt(ids, asOf));
  }

  /** @param knownAt the record time that the answers name */
  effectiveLimit(asOf: AsOf, knownAt: Instant): Loader<EffectiveLimitAnswer> {
    const load = this.permitted('READ_STATE', (ids) =>
      this.queries.limits.effectiveLimits(ids, asOf, knownAt),
    );
    return this.asOf(`limit ${knownAt}`, asOf, load);
  }

  /** Whether there is a session is part of what everybody sees who sees the charger; what it is, is not. */
  sessionUnderWay(asOf: AsOf): Loader<Pick<SessionRecord, 'id'>> {
    const load = this.permitted('ANY', (ids) => this.queries.sessions.ongoing(ids, asOf, 'ANY'));
    return this.asOf('under way', asOf, load);
  }

  ongoingSession(asOf: AsOf): Loader<SessionRecord> {
    const load = this.permitted('READ_STATE', (ids) => this.queries.sessions.ongoing(ids, asOf));
    return this.asOf('session', asOf, load);
  }

  lastEvent(cut: number): Loader<HistoryFact> {
    const load = this.permitted('READ_HISTORY', (ids) => this.queries.history.newest(ids, cut));
    return this.keep(`last event ${String(cut)}`, () => byId(load));
  }

  /** Where chargers hung, each at an instant of its own. */
  placementAt(cut: number): DataLoader<{ serial: string; at: Instant }, Placement | undefined> {
    return this.keep(`placementAt ${String(cut)}`, () => {
      const load = (questions: readonly { serial: string; at: Instant }[]) =>
        this.queries.placements.ofChargersAtInstants(questions, cut);
      return new DataLoader(load, { cacheKeyFn: ({ serial, at }) => `${serial} ${at}` as never });
    });
  }

  /** What a query leaves out because it is not allowed is an error; what there is not is none. */
  private permitted<Value>(
    wanted: 'ANY' | 'READ_STATE' | 'READ_HISTORY',
    load: (serials: readonly string[]) => Promise<Map<string, Value>>,
  ): Load<Value> {
    return async (serials) => {
      const { scope } = this.queries;
      const [found, allowed] = await Promise.all([load(serials), scope.chargers(serials, wanted)]);
      const denied = serials.filter((serial) => !allowed.has(serial));
      const errors = denied.map(
        (serial) => [serial, forbidden(wanted === 'ANY' ? 'control' : wanted)] as const,
      );
      return new Map<string, Value | Error>([...found, ...errors]);
    };
  }

  private asOf<Value>(noun: string, { at, cut }: AsOf, load: Load<Value>): Loader<Value> {
    return this.keep(`${noun} ${at} ${String(cut)}`, () => byId(load));
  }

  private keep<Kept>(key: string, make: () => Kept): Kept {
    const known = this.timed.get(key) as Kept | undefined;
    if (known != null) return known;
    const made = make();
    this.timed.set(key, made);
    return made;
  }
}

function byId<Value>(load: Load<Value>): Loader<Value> {
  return new DataLoader(async (ids: readonly string[]) => {
    const found = await load(ids);
    return ids.map((id) => found.get(id));
  });
}
