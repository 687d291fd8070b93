import type { EffectiveLimit, Instant, PhaseAmps } from '@chargebook/domain';
import { dynamicCircuitCurrent, effectiveLimit, primaryBackplateAt } from '@chargebook/domain';
import type { AsOf } from '../book/as-of';
import type { Database } from '../database/database';
import type { SettingsQueries } from '../ledger/settings.queries';
import { LimitFacts } from './limit-facts';

/** A limit, with the record time as of which it holds. */
export type EffectiveLimitAnswer = EffectiveLimit & { readonly knownAt: Instant };

/** What chargers may deliver, and why: the facts are fetched here, the rules are the domain's. */
export class LimitQueries {
  constructor(
    private readonly database: Database,
    private readonly settings: SettingsQueries,
  ) {}

  /** @param knownAt what the answers say of the record time as of which they hold */
  async effectiveLimits(
    serials: readonly string[],
    asOf: AsOf,
    knownAt: Instant,
  ): Promise<Map<string, EffectiveLimitAnswer>> {
    const facts = await LimitFacts.ofChargers(this.database, this.settings, serials, asOf);
    return new Map(
      serials.map((serial) => [serial, { ...effectiveLimit(facts.knowledgeOf(serial), asOf.at), knownAt }]),
    );
  }

  /** The primary backplate of each of some circuits; those without one are left out. */
  async primaryBackplates(circuits: readonly string[], asOf: AsOf): Promise<Map<string, string>> {
    const facts = await LimitFacts.ofCircuits(this.database, this.settings, circuits, asOf);
    const knowledge = facts.knowledgeOf('');
    const primaries = circuits.flatMap((id) => {
      const backplate = primaryBackplateAt(knowledge, id, asOf.at);
      return backplate == null ? [] : [[id, backplate] as const];
    });
    return new Map(primaries);
  }

  /** The dynamic current that a circuit's primary holds at an instant. */
  async dynamicCircuitCurrent(circuit: string, asOf: AsOf): Promise<PhaseAmps | undefined> {
    const facts = await LimitFacts.ofCircuits(this.database, this.settings, [circuit], asOf);
    return dynamicCircuitCurrent(facts.knowledgeOf(''), circuit, asOf.at);
  }
}
