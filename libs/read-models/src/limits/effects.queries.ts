import type { Fact, Instant, LimitEffect } from '@chargebook/domain';
import { factsInEffect, isCorrection, limitEffect, Overlay } from '@chargebook/domain';
import type { AsOf } from '../book/as-of';
import { known } from '../book/as-of';
import type { AccessScope } from '../access/access-scope';
import type { Database } from '../database/database';
import type { FactRow } from '../ledger/ledger';
import { factOfRow } from '../ledger/ledger';
import { visitsTo, within } from '../placements/visits';
import { LimitFacts } from './limit-facts';

/** An effect, and when it is looked at. */
export type TimedLimitEffect = LimitEffect & { readonly at: Instant; readonly knownAt: Instant };

/** More than any circuit carries; a site's own setting may concern more chargers than anyone reads. */
const MOST_CHARGERS = 1_000;

/** Facts about a charger on a primary backplate that can change what its whole circuit may draw. */
const OF_A_CARRIER = [
  'ChargerMounted',
  'ChargerDismounted',
  'PowerLost',
  'PowerRestored',
  'ConnectivityLost',
  'ConnectivityRestored',
];

/** What facts do to the limits of all chargers that they concern: the book without them, and with them. */
export class EffectQueries {
  constructor(
    private readonly database: Database,
    private readonly scope: AccessScope,
  ) {}

  /**
   * @param facts what a command records, or would; in the book or not
   * @param cut the book as it was without them
   * @param instants when to look: the command's own time, and the present where that is another
   * @returns by charger and instant, only chargers that hang somewhere before or after or are named by the facts
   */
  async effectsOf(facts: readonly Fact[], cut: number, instants: readonly Instant[], knownAt: Instant) {
    const corrected = await this.correctedBy(facts);
    const overlay = new Overlay(facts, corrected);
    const concerning = [...corrected, ...factsInEffect([...corrected, ...facts])];
    const effects: TimedLimitEffect[] = [];
    for (const at of instants) {
      const asOf = { at, cut };
      const concerned = await this.chargersConcerned(concerning, asOf);
      const chargers = [...(await this.scope.chargers(concerned, 'READ_STATE'))];
      if (chargers.length === 0) continue;
      const limitFacts = await LimitFacts.of(this.database, { chargers }, asOf, overlay);
      for (const charger of chargers) {
        const before = limitFacts.knowledgeOf(charger);
        effects.push({ ...limitEffect(before, overlay.over(before), at), at, knownAt });
      }
    }
    return effects;
  }

  /** The facts that corrections among some name. */
  private async correctedBy(facts: readonly Fact[]): Promise<Fact[]> {
    const wrong = facts.filter(isCorrection).map(({ data }) => data.corrects);
    if (wrong.length === 0) return [];
    const rows = await this.database.query<FactRow>('SELECT * FROM ledger.fact WHERE event_id = ANY($1)', [
      wrong,
    ]);
    return rows.map(factOfRow);
  }

  private async chargersConcerned(facts: readonly Fact[], asOf: AsOf): Promise<string[]> {
    const concerned = new Set<string>();
    const add = (serials: readonly string[]) => {
      for (const serial of serials) concerned.add(serial);
    };
    for (const { type, data } of facts) {
      if (type.startsWith('Backplate')) {
        if (type === 'BackplateRewired' && 'backplate' in data)
          add(await this.onBackplate(data.backplate, asOf));
      } else if ('charger' in data) {
        add([data.charger]);
        const places = OF_A_CARRIER.includes(type) ? await this.circuitsCarriedBy(data, asOf) : [];
        for (const circuit of places) add(await this.onCircuit(circuit, asOf));
      } else if ('circuit' in data) add(await this.onCircuit(data.circuit, asOf));
      else if ('site' in data) add(await this.visitors('SITE', data.site, asOf));
    }
    return [...concerned].sort().slice(0, MOST_CHARGERS);
  }

  /** Circuits of which the place that a charger's fact is about may be the primary. */
  private async circuitsCarriedBy(
    data: { readonly charger: string; readonly backplate?: string },
    { at, cut }: AsOf,
  ): Promise<string[]> {
    const rows = await this.database.query<{ circuit: string }>(
      `SELECT DISTINCT wiring.circuit FROM placements.wiring
       JOIN ledger.fact ON fact.circuit = wiring.circuit AND fact.type = 'PrimaryBackplateDesignated'
         AND fact.backplate = wiring.backplate AND fact.sequence <= $2
       WHERE ${known('wiring', '$2')} AND ${within('$3', 'wiring')}
         AND (wiring.backplate = $4 OR wiring.backplate IN (SELECT backplate FROM placements.stay
           WHERE stay.charger = $1 AND ${known('stay', '$2')} AND ${within('$3', 'stay')}))`,
      [data.charger, cut, at, data.backplate ?? null],
    );
    return rows.map(({ circuit }) => circuit);
  }

  private async onCircuit(circuit: string, asOf: AsOf): Promise<string[]> {
    const below = await this.database.query<{ id: string }>(
      `WITH RECURSIVE line (id) AS (
         SELECT $1::text UNION SELECT circuit.id FROM line JOIN registry.circuit ON circuit.parent = line.id
       ) SELECT id FROM line`,
      [circuit],
    );
    const chargers = await Promise.all(below.map(({ id }) => this.visitors('CIRCUIT', id, asOf)));
    return chargers.flat();
  }

  private onBackplate(backplate: string, asOf: AsOf): Promise<string[]> {
    return this.visitors('BACKPLATE', backplate, asOf);
  }

  private async visitors(
    axis: 'SITE' | 'CIRCUIT' | 'BACKPLATE',
    id: string,
    { at, cut }: AsOf,
  ): Promise<string[]> {
    const rows = await this.database.query<{ charger: string }>(
      `SELECT visit.charger FROM (${visitsTo(axis, '$1', '$2')}) AS visit WHERE ${within('$3', 'visit')}
       ORDER BY visit.charger LIMIT ${String(MOST_CHARGERS)}`,
      [id, cut, at],
    );
    return rows.map(({ charger }) => charger);
  }
}
