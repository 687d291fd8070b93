import type {
  Contention,
  EffectiveLimit,
  Instant,
  LimitKnowledge,
  LimitSegment,
  PhaseAmps,
  Refusal,
  Supposition,
} from '@chargebook/domain';
import {
  contention,
  dynamicCircuitCurrent,
  effectiveLimit,
  epochMsOf,
  limitTimeline,
  primaryBackplateAt,
  suppose,
  thingsNamedBy,
} from '@chargebook/domain';
import type { AsOf } from '../book/as-of';
import type { AccessScope, ScopePoint } from '../access/access-scope';
import type { Database } from '../database/database';
import { visitsTo, within } from '../placements/visits';
import type { LimitLook } from './fact-probes';
import { LimitFacts } from './limit-facts';

/** A limit, with the record time as of which it holds. */
export type EffectiveLimitAnswer = EffectiveLimit & { readonly knownAt: Instant };

/** A span of a timeline makes no sense, or is too long; the message says which. */
export class TimelineRequestError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TimelineRequestError';
  }
}

/** A change that is only thought of breaks a rule. */
export class SuppositionRefusedError extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.message);
    this.name = 'SuppositionRefusedError';
  }
}

/** [from, to) of valid time, as known at a sequence. */
export interface TimelineSpan {
  readonly from: Instant;
  readonly to: Instant;
  readonly cut: number;
}

const DAY_MS = 86_400_000;
/** No site has more. */
const MOST_CHARGERS = 1_000;
const LONGEST_SPAN_DAYS = 3_660;
/** A year of quarters of an hour would be 35,040: nobody draws or reads that many. */
const MOST_STEPS = 20_000;

/** What chargers may deliver, and why: the facts are fetched here, the rules are the domain's. */
export class LimitQueries {
  constructor(
    private readonly database: Database,
    private readonly scope: AccessScope,
  ) {}

  /** @param knownAt what the answers say of the record time as of which they hold */
  async effectiveLimits(
    serials: readonly string[],
    asOf: AsOf,
    knownAt: Instant,
  ): Promise<Map<string, EffectiveLimitAnswer>> {
    const chargers = [...(await this.scope.chargers(serials, 'READ_STATE'))];
    const facts = await LimitFacts.of(this.database, { chargers }, asOf);
    return new Map(
      chargers.map((serial) => [serial, { ...effectiveLimit(facts.knowledgeOf(serial), asOf.at), knownAt }]),
    );
  }

  /** The limit of a charger, and the things whose facts it depends on. */
  async watched(
    serial: string,
    asOf: AsOf,
    knownAt: Instant,
  ): Promise<{ limit: EffectiveLimitAnswer; things: ReadonlySet<string> }> {
    await this.scope.require({ axis: 'CHARGER', id: serial }, 'READ_STATE');
    const facts = await LimitFacts.of(this.database, { chargers: [serial] }, asOf);
    return {
      limit: { ...effectiveLimit(facts.knowledgeOf(serial), asOf.at), knownAt },
      things: facts.things,
    };
  }

  /**
   * The limit of a charger as it would be with some changes made at that instant.
   *
   * @throws SuppositionRefusedError where one of them could not be made
   */
  async effectiveLimitIf(
    serial: string,
    suppositions: readonly Supposition[],
    asOf: AsOf,
    knownAt: Instant,
  ): Promise<EffectiveLimitAnswer> {
    const knowledge = await this.supposed(serial, suppositions, asOf);
    return { ...effectiveLimit(knowledge, asOf.at), knownAt };
  }

  /**
   * The limit of a charger over [from, to), with some changes made at `from`.
   *
   * @throws TimelineRequestError for a span that is none or too long
   * @throws TimelineTooLongError, SpanTooBusyError where too much changes in it
   * @throws SuppositionRefusedError where one of the changes could not be made
   */
  async timeline(
    serial: string,
    { from, to, cut }: TimelineSpan,
    suppositions: readonly Supposition[] = [],
  ): Promise<LimitSegment[]> {
    checkSpan(from, to);
    const knowledge = await this.supposed(serial, suppositions, { at: from, until: to, cut });
    return limitTimeline(knowledge, from, to, MOST_STEPS);
  }

  private async supposed(
    serial: string,
    suppositions: readonly Supposition[],
    look: LimitLook,
  ): Promise<LimitKnowledge> {
    const named = suppositions.map(thingsNamedBy);
    await this.scope.require({ axis: 'CHARGER', id: serial }, 'READ_STATE');
    // What one may not see is as if it were not there.
    const seen = (axis: ScopePoint['axis'], ids: readonly string[]) => this.seenAmong(axis, ids);
    const wanted = {
      chargers: [
        serial,
        ...(await seen(
          'CHARGER',
          named.flatMap(({ charger }) => charger ?? []),
        )),
      ],
      backplates: await seen(
        'BACKPLATE',
        named.flatMap(({ backplate }) => backplate ?? []),
      ),
      circuits: await seen(
        'CIRCUIT',
        named.flatMap(({ circuit }) => circuit ?? []),
      ),
      sites: await seen(
        'SITE',
        named.flatMap(({ site }) => site ?? []),
      ),
    };
    const facts = await LimitFacts.of(this.database, wanted, look);
    const supposed = suppose(suppositions, facts.knowledgeOf(serial), look.at);
    if ('refused' in supposed) throw new SuppositionRefusedError(supposed);
    return supposed;
  }

  private async seenAmong(axis: ScopePoint['axis'], ids: readonly string[]): Promise<string[]> {
    const seen = await Promise.all(ids.map((id) => this.scope.reaches({ axis, id }, 'READ_STATE')));
    return ids.filter((_, index) => seen[index]);
  }

  /** The primary backplate of each of some circuits; those without one are left out. */
  async primaryBackplates(circuits: readonly string[], asOf: AsOf): Promise<Map<string, string>> {
    const facts = await LimitFacts.of(this.database, { circuits }, asOf);
    const knowledge = facts.knowledgeOf('');
    const primaries = circuits.flatMap((id) => {
      const backplate = primaryBackplateAt(knowledge, id, asOf.at);
      return backplate == null ? [] : [[id, backplate] as const];
    });
    return new Map(primaries);
  }

  /**
   * How chargers on a circuit get in each other's way; undefined where there is no such circuit.
   *
   * @throws AccessDeniedError
   */
  async contention(circuit: string, asOf: AsOf): Promise<Contention | undefined> {
    await this.scope.require({ axis: 'CIRCUIT', id: circuit }, 'READ_STATE');
    const { at, cut } = asOf;
    const circuits = await this.database.query<{ id: string; site: string }>(
      `SELECT id, site FROM registry.circuit WHERE site = (SELECT site FROM registry.circuit WHERE id = $1)`,
      [circuit],
    );
    const site = circuits[0]?.site;
    if (site == null) return undefined;
    const there = await this.database.query<{ charger: string }>(
      `SELECT visit.charger FROM (${visitsTo('SITE', '$1', '$2')}) AS visit WHERE ${within('$3', 'visit')}
       ORDER BY visit.charger LIMIT ${String(MOST_CHARGERS)}`,
      [site, cut, at],
    );
    const chargers = there.map(({ charger }) => charger);
    const wanted = { chargers, circuits: circuits.map(({ id }) => id), sites: [site] };
    const facts = await LimitFacts.of(this.database, wanted, asOf);
    return contention(facts.knowledgeOf(''), circuit, chargers, at);
  }

  /** The dynamic current that a circuit's primary holds at an instant. */
  async dynamicCircuitCurrent(circuit: string, asOf: AsOf): Promise<PhaseAmps | undefined> {
    const facts = await LimitFacts.of(this.database, { circuits: [circuit] }, asOf);
    return dynamicCircuitCurrent(facts.knowledgeOf(''), circuit, asOf.at);
  }
}

function checkSpan(from: Instant, to: Instant): void {
  if (from >= to) throw new TimelineRequestError('A timeline begins before it ends: from must be before to.');
  if (epochMsOf(to) - epochMsOf(from) > LONGEST_SPAN_DAYS * DAY_MS)
    throw new TimelineRequestError(`A timeline spans at most ${String(LONGEST_SPAN_DAYS)} days, ten years.`);
}
