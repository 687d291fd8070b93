import type { Reports } from '@chargebook/audit';
import { ProofQueries } from '@chargebook/audit';
import {
  AccessScope,
  ConsumptionQueries,
  CredentialQueries,
  EffectQueries,
  HistoryQueries,
  LimitQueries,
  NameQueries,
  PartnerQueries,
  PlacementQueries,
  RegistryQueries,
  SessionQueries,
  SettingsQueries,
} from '@chargebook/read-models';
import type { BookQueries, Database } from '@chargebook/read-models';
import type { QueriesFor } from './http/identify';

/** What takes longer is not worth its answer, and others wait. */
export const LONGEST_OPERATION_MS = 30_000;
/** A single look-up of it, which PostgreSQL itself cancels. */
export const LONGEST_STATEMENT_MS = 15_000;

/** What can be asked of the read models, within what may be seen. */
export function queriesOn(reading: Database, book: BookQueries, reports: Reports): QueriesFor {
  return (requester, now) => {
    const database = reading.until(Date.now() + LONGEST_OPERATION_MS);
    const scope = new AccessScope(requester, now, database);
    return {
      scope,
      book,
      consumption: new ConsumptionQueries(database, scope),
      credentials: new CredentialQueries(database, scope),
      effects: new EffectQueries(database, scope),
      history: new HistoryQueries(database, scope),
      limits: new LimitQueries(database, scope),
      names: new NameQueries(database, scope),
      partners: new PartnerQueries(database, scope),
      placements: new PlacementQueries(database, scope),
      proofs: new ProofQueries(database),
      registry: new RegistryQueries(database, scope),
      reports,
      sessions: new SessionQueries(database, scope),
      settings: new SettingsQueries(database, scope),
    };
  };
}
