import type { EffectiveLimit, Instant, LimitSegment, PhaseAmps } from '@chargebook/domain';
import {
  dynamicCircuitCurrent,
  effectiveLimit,
  epochMsOf,
  limitTimeline,
  primaryBackplateAt,
} from '@chargebook/domain';
import type { AsOf } from '../book/as-of';
import type { AccessScope } from '../access/access-scope';
import type { Database } from '../database/database';
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

const DAY_MS = 86_400_000;
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

  /**
   * The limit of a charger over [from, to).
   *
   * @throws TimelineRequestError for a span that is none or too long
   * @throws TimelineTooLongError, SpanTooBusyError where too much changes in it
   */
  async timeline(serial: string, from: Instant, to: Instant, cut: number): Promise<LimitSegment[]> {
    await this.scope.require({ axis: 'CHARGER', id: serial }, 'READ_STATE');
    checkSpan(from, to);
    const look = { at: from, until: to, cut };
    const facts = await LimitFacts.of(this.database, { chargers: [serial] }, look);
    return limitTimeline(facts.knowledgeOf(serial), from, to, MOST_STEPS);
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
