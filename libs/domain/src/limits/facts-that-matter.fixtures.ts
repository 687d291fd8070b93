import type { EffectiveFact } from '../facts/lifeline';
import type { Instant } from '../time';
import { latestSet, reignsOf } from './circuit-control';
import { latestKept, latestWithAmps } from './charger-sources';
import type { FactLog, FactType } from './fact-log';
import { IndexedFacts } from './fact-log';
import type { LimitKnowledge, LimitPlacement } from './knowledge';
import { placeOf } from './place';

type Picked = Set<EffectiveFact>;

/** Knowledge cut down to what `LimitKnowledge` says can matter at an instant. */
export function factsThatMatter(knowledge: LimitKnowledge, at: Instant): LimitKnowledge {
  return new Selection(knowledge, at).knowledge();
}

class Selection {
  private readonly picked: Picked = new Set();
  private readonly placements = new Map<string, Set<LimitPlacement>>();

  constructor(
    private readonly all: LimitKnowledge,
    private readonly at: Instant,
  ) {
    this.pickCharger();
    const log = this.logOf('charger', all.charger);
    for (const mounted of log.all(['ChargerMounted'], at).slice(-1)) this.pickPlace(mounted.data.backplate);
  }

  knowledge(): LimitKnowledge {
    return {
      charger: this.all.charger,
      factsOf: (scope, id) => this.all.factsOf(scope, id).filter((fact) => this.picked.has(fact)),
      placementsOn: (backplate) => [...(this.placements.get(backplate) ?? [])],
    };
  }

  private logOf(scope: Parameters<LimitKnowledge['factsOf']>[0], id: string): FactLog {
    return new IndexedFacts(this.all.factsOf(scope, id));
  }

  private pick(...facts: (EffectiveFact | undefined)[]): void {
    for (const fact of facts) if (fact != null) this.picked.add(fact);
  }

  private pickFirstAfter(log: FactLog, after: EffectiveFact | undefined, ...types: FactType[]): void {
    if (after != null) for (const type of types) this.pick(log.firstAfter([type], after, this.at));
  }

  private pickCharger(): void {
    const { at } = this;
    const log = this.logOf('charger', this.all.charger);
    this.pick(...log.all(['ChargerRegistered', 'ChargerRetired', 'ChargerMounted', 'ChargerDismounted'], at));
    this.pick(log.latest(['PhaseModeSet'], at), log.latest(['ChargerEnabled', 'ChargerDisabled'], at));
    const faults = new Map(
      log
        .all(['FaultRaised', 'FaultCleared'], at)
        .map((fact) => [`${fact.type} ${fact.data.fault ?? ''}`, fact]),
    );
    this.pick(...faults.values());
    this.pickWithAmps(log, 'MaxChargerCurrentSet');
    const dynamic = latestKept(log, at);
    this.pick(dynamic, dynamic && log.latestBefore(['PowerLost', 'PowerRestored'], dynamic));
    this.pickFirstAfter(log, dynamic, 'DynamicChargerCurrentCleared', 'PowerLost', 'SessionStarted');
    const session = log.latest(['SessionStarted'], at);
    this.pick(session);
    this.pickFirstAfter(log, session, 'SessionEnded', 'PowerLost', 'ScheduleOverridden');
    const plan = log.latest(['ChargePlanSet'], at);
    this.pick(plan);
    this.pickFirstAfter(log, plan, 'ChargePlanRemoved');
    this.pickLosses(log);
  }

  private pickLosses(log: FactLog): void {
    const power = log.latest(['PowerLost'], this.at);
    const connectivity = log.latest(['ConnectivityLost'], this.at);
    this.pick(power, connectivity);
    this.pickFirstAfter(log, power, 'PowerRestored');
    this.pickFirstAfter(log, connectivity, 'ConnectivityRestored');
  }

  private pickWithAmps(
    log: FactLog,
    type: 'MaxChargerCurrentSet' | 'MaxCircuitCurrentSet' | 'OfflineFallbackCurrentSet',
  ): EffectiveFact | undefined {
    const { set, cleared } = latestWithAmps(log, [type], this.at);
    this.pick(set as EffectiveFact | undefined, cleared as EffectiveFact | undefined);
    return set as EffectiveFact | undefined;
  }

  private pickPlace(backplate: string): void {
    const { at } = this;
    this.pick(this.logOf('backplate', backplate).latest(['BackplateInstalled', 'BackplateRewired'], at));
    const facts = {
      logOf: this.logOf.bind(this),
      placementsOn: (id: string) => this.all.placementsOn(id),
    };
    const { circuits, site } = placeOf(backplate, facts, at);
    for (const { id, log } of circuits) {
      this.pick(log.latest(['CircuitAdded'], at), log.latest(['CircuitFuseRatingSet'], at));
      this.pick(...log.all(['PrimaryBackplateDesignated'], at));
      this.pickWithAmps(log, 'MaxCircuitCurrentSet');
      const fallback = this.pickWithAmps(log, 'OfflineFallbackCurrentSet');
      const set = latestSet({ id, log }, facts, at);
      this.pick(set);
      this.pickFirstAfter(log, set, 'DynamicCircuitCurrentCleared');
      if (set != null) this.pickCarrier(set, set.data.carrier);
      for (const reign of reignsOf({ id, log }, facts, at)) this.pickPrimary(reign.backplate, set, fallback);
      for (const designated of log.all(['PrimaryBackplateDesignated'], at)) {
        const wiring = this.logOf('backplate', designated.data.backplate);
        this.pick(...wiring.all(['BackplateInstalled', 'BackplateRewired', 'BackplateRemoved'], at));
      }
    }
    const siteLog = this.logOf('site', site ?? '');
    for (const type of ['SiteRegistered', 'SiteRatedCurrentSet', 'SiteTimeZoneSet'] as const)
      this.pick(siteLog.latest([type], at));
  }

  private pickCarrier(set: EffectiveFact, carrier: string): void {
    const log = this.logOf('charger', carrier);
    this.pick(log.latestBefore(['ChargerMounted', 'ChargerDismounted'], set));
    this.pick(log.latestBefore(['PowerLost', 'PowerRestored'], set));
  }

  private pickPrimary(
    backplate: string,
    set: EffectiveFact | undefined,
    fallback: EffectiveFact | undefined,
  ): void {
    const placements = [...this.all.placementsOn(backplate)].filter(({ from }) => from <= this.at);
    placements.sort((a, b) => (a.from < b.from ? -1 : 1));
    if (set != null) {
      const setAt = set.metadata.occurredAt;
      const first = placements.find(({ until }) => until == null || until > setAt);
      for (const placement of placements)
        if (placement === first || placement.until === setAt) this.pickOccupant(backplate, placement, set);
    }
    if (fallback == null) return;
    const ended = placements.filter(({ until }) => until != null && until <= this.at).at(-1);
    const current = placements.find(({ until }) => until == null || until > this.at);
    for (const placement of [ended, current]) if (placement != null) this.place(backplate, placement);
    if (current != null) this.pickLosses(this.logOf('charger', current.charger));
  }

  private pickOccupant(backplate: string, placement: LimitPlacement, set: EffectiveFact): void {
    this.place(backplate, placement);
    const log = this.logOf('charger', placement.charger);
    const moves = log.all(['ChargerMounted', 'ChargerDismounted'], this.at);
    this.pick(...moves.filter(({ metadata }) => metadata.occurredAt >= placement.from));
    const mounted = log.latest(['ChargerMounted'], placement.from);
    const after = log.latestBefore(['ChargerMounted'], set) === mounted ? set : mounted;
    this.pickFirstAfter(log, after, 'PowerLost');
  }

  private place(backplate: string, placement: LimitPlacement): void {
    const known = this.placements.get(backplate);
    if (known == null) this.placements.set(backplate, new Set([placement]));
    else known.add(placement);
  }
}
