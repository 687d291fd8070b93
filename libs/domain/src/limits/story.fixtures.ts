import { toStringMethod } from 'fast-check';
import type { PhaseAmps } from '../amps';
import { staysOf } from '../charger/placements';
import type { DomainEvent } from '../events';
import type { Fact } from '../facts/fact';
import { compareFacts } from '../facts/fact';
import type { EffectiveFact } from '../facts/lifeline';
import { factsInEffect, isCorrection } from '../facts/lifeline';
import type { Instant } from '../time';
import type { Input, ToldStep } from './told-steps.fixtures';
import { observed, plainEvent } from './told-steps.fixtures';
import type { LimitKnowledge, LimitPlacement, LimitScope } from './knowledge';

/** A correction of an earlier step; without `replacement` its fact is retracted. */
export interface CorrectionStep {
  readonly correct: string;
  readonly replacementAt?: Instant;
  readonly replacement?: Readonly<Record<string, unknown>>;
}

const METADATA = {
  actor: { kind: 'OPERATOR', id: 'harbour-office' },
  channel: 'PARTNER_API',
  commandId: 'command',
  inputHash: '',
  correlationId: 'command',
  causationId: 'command',
} as const;

/** Facts that are told one after the other, and what they say at the end or said at any moment in between. */
export class Story {
  readonly recorded: Fact[] = [];
  private readonly names = new Map<string, string>();
  private latest: { readonly count: number; readonly facts: EffectiveFact[] } = { count: 0, facts: [] };

  /** As a failing property shows it. */
  [toStringMethod](): string {
    return this.recorded
      .map(({ eventId, type, data, metadata }) =>
        [eventId, metadata.occurredAt, type, JSON.stringify(data)].join(' '),
      )
      .join('\n');
  }

  tell(step: ToldStep): void {
    const events = step.do == null ? [observed(step)] : this.eventsOf(step.do, step.input as Input, step.at);
    for (const event of events) this.record(event, step.at, step.deviceSequence);
    if (step.as != null) this.names.set(step.as, this.recorded.at(-1)?.eventId ?? '');
  }

  correct({ correct, replacementAt, replacement }: CorrectionStep): void {
    const corrects = this.names.get(correct);
    const wrong = this.recorded.find((fact) => fact.eventId === corrects);
    if (corrects == null || wrong == null) throw new Error(`No step is called ${correct}`);
    const occurredAt = replacementAt ?? wrong.metadata.occurredAt;
    const isRetraction = replacementAt == null && replacement == null;
    const data = { corrects, occurredAt, replacement: { ...wrong.data, ...replacement } };
    this.record(
      isRetraction ? { type: 'FactRetracted', data: { corrects } } : { type: 'FactReplaced', data },
      occurredAt,
    );
  }

  /** @param count how many recorded facts were known; all by default */
  effective(count = this.recorded.length): readonly EffectiveFact[] {
    if (this.latest.count !== count)
      this.latest = { count, facts: factsInEffect(this.recorded.slice(0, count)) };
    return this.latest.facts;
  }

  knowledgeOf(charger: string, count?: number): LimitKnowledge {
    return knowledgeFrom(charger, this.effective(count));
  }

  record(event: DomainEvent, occurredAt: Instant, deviceSequence?: number): void {
    const order = this.recorded.length + 1;
    const fact: Fact = {
      ...event,
      eventId: `fact-${String(order)}`,
      schemaVersion: 1,
      stream: 'story',
      revision: order,
      bookOrder: order,
      metadata: { ...METADATA, occurredAt, recordedAt: occurredAt, deviceSequence },
    };
    this.recorded.push(fact);
    const { count, facts } = this.latest;
    const last = facts.at(-1);
    const isNext = count === order - 1 && (last == null || compareFacts(last, fact) < 0);
    // Told in order, which is most of the time, it costs nothing to know what is in effect.
    if (isNext && !isCorrection(fact))
      this.latest = { count: order, facts: [...facts, fact as EffectiveFact] };
  }

  private eventsOf(name: string, input: Input, at: Instant): DomainEvent[] {
    const { charger, backplate } = input;
    switch (name) {
      case 'dismountCharger':
        return [
          {
            type: 'ChargerDismounted',
            data: { charger, backplate: this.placeOf(charger, at) ?? '', destination: 'STORE' },
          },
        ];
      case 'relocateCharger': {
        const former = this.placeOf(charger, at);
        const mounted: DomainEvent = { type: 'ChargerMounted', data: { charger, backplate } };
        if (former == null) return [mounted];
        return [
          { type: 'ChargerDismounted', data: { charger, backplate: former, destination: 'TRANSIT' } },
          mounted,
        ];
      }
      case 'rewireBackplate':
        return [
          {
            type: 'BackplateRewired',
            data: { backplate, circuit: input.circuit, formerCircuit: this.circuitOf(backplate, at) },
          },
        ];
      case 'setDynamicCircuitCurrent':
        return [this.dynamicCircuitCurrent(input, at)];
      case 'setChargePlan':
        return [this.chargePlan(input, at)];
      case 'overrideSchedule':
        return [{ type: 'ScheduleOverridden', data: { charger, session: this.lastSession(charger, at) } }];
      default:
        return [plainEvent(name, input)];
    }
  }

  private dynamicCircuitCurrent(input: Input, at: Instant): DomainEvent {
    const { amps, timeToLiveSeconds } = input as unknown as { amps: PhaseAmps; timeToLiveSeconds?: number };
    const named = input.charger as string | undefined;
    const backplate = named == null ? this.primaryOf(input.circuit, at) : (this.placeOf(named, at) ?? '');
    const circuit = named == null ? input.circuit : this.circuitOf(backplate, at);
    const carrier =
      named ?? this.chargers().find((serial) => this.placeOf(serial, at) === backplate) ?? 'nobody';
    return {
      type: 'DynamicCircuitCurrentSet',
      data: { circuit, amps, timeToLiveSeconds, carrier, backplate },
    };
  }

  private chargePlan(input: Input, at: Instant): DomainEvent {
    const { charger, kind, enabled = true } = input as Input & { enabled?: boolean };
    const timeZone = (input.timeZone as string | undefined) ?? this.zoneOf(charger, at);
    const windows = input.windows.map((window) => ({ ...window, weekdays: window.weekdays ?? [] }));
    return { type: 'ChargePlanSet', data: { charger, kind, timeZone, enabled, windows } };
  }

  private zoneOf(charger: string, at: Instant): string {
    const circuit = this.circuitOf(this.placeOf(charger, at) ?? '', at);
    const added = this.effective().find(
      (fact) => fact.type === 'CircuitAdded' && fact.data.circuit === circuit,
    );
    const site = added?.type === 'CircuitAdded' ? added.data.site : '';
    const zones = this.effective().flatMap((fact) =>
      (fact.type === 'SiteRegistered' || fact.type === 'SiteTimeZoneSet') && fact.data.site === site
        ? [fact.data.timeZone]
        : [],
    );
    return zones.at(-1) ?? 'UTC';
  }

  private chargers(): string[] {
    return this.effective().flatMap((fact) => (fact.type === 'ChargerRegistered' ? [fact.data.charger] : []));
  }

  placeOf(charger: string, at: Instant): string | undefined {
    const stays = staysOf(
      this.effective().filter((fact) => 'charger' in fact.data && fact.data.charger === charger),
    ).stays;
    return stays.find(({ from, until }) => from <= at && (until == null || at < until))?.backplate;
  }

  private circuitOf(backplate: string, at: Instant): string {
    const circuits = this.effective().flatMap((fact) =>
      (fact.type === 'BackplateInstalled' || fact.type === 'BackplateRewired') &&
      fact.data.backplate === backplate &&
      fact.metadata.occurredAt <= at
        ? [fact.data.circuit]
        : [],
    );
    return circuits.at(-1) ?? '';
  }

  private primaryOf(circuit: string, at: Instant): string {
    const designated = this.effective().flatMap((fact) =>
      fact.type === 'PrimaryBackplateDesignated' &&
      fact.data.circuit === circuit &&
      fact.metadata.occurredAt <= at
        ? [fact.data.backplate]
        : [],
    );
    return designated.at(-1) ?? '';
  }

  private lastSession(charger: string, at: Instant): string {
    const sessions = this.effective().flatMap((fact) =>
      fact.type === 'SessionStarted' && fact.data.charger === charger && fact.metadata.occurredAt <= at
        ? [fact.data.session]
        : [],
    );
    return sessions.at(-1) ?? '';
  }
}

/** All facts, by the things that they are about. */
export function knowledgeFrom(charger: string, facts: readonly EffectiveFact[]): LimitKnowledge {
  const byThing = new Map<string, EffectiveFact[]>();
  for (const fact of facts) {
    const thing = thingOf(fact);
    byThing.set(thing, [...(byThing.get(thing) ?? []), fact]);
  }
  const placements = placementsFrom([...facts].sort(compareFacts));
  return {
    charger,
    factsOf: (scope, id) => byThing.get(`${scope} ${id}`) ?? [],
    placementsOn: (backplate) => placements.filter((stay) => stay.backplate === backplate),
  };
}

function placementsFrom(facts: readonly EffectiveFact[]): (LimitPlacement & { backplate: string })[] {
  const chargers = new Set(
    facts.flatMap((fact) => (fact.type === 'ChargerMounted' ? [fact.data.charger] : [])),
  );
  return [...chargers].flatMap(
    (charger) =>
      staysOf(facts.filter((fact) => 'charger' in fact.data && fact.data.charger === charger)).stays,
  );
}

function thingOf(fact: EffectiveFact): string {
  const scope = scopeOf(fact);
  return `${scope} ${(fact.data as Partial<Record<string, string>>)[scope] ?? ''}`;
}

function scopeOf({ type }: EffectiveFact): LimitScope | 'operator' {
  if (type.startsWith('Operator')) return 'operator';
  if (type.startsWith('Site')) return 'site';
  if (type.startsWith('Backplate')) return 'backplate';
  return /Circuit|OfflineFallback|PrimaryBackplate/.test(type) ? 'circuit' : 'charger';
}
