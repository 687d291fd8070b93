import {
  AccessScope,
  ConsumptionQueries,
  CredentialQueries,
  EffectQueries,
  HistoryQueries,
  LimitQueries,
  PartnerQueries,
  PlacementQueries,
  RegistryQueries,
  SessionQueries,
  SettingsQueries,
} from '@chargebook/read-models';
import type { BookQueries, Database } from '@chargebook/read-models';
import type { QueriesFor } from './http/identify';

/** What can be asked of the read models, within what may be seen. */
export function queriesOn(database: Database, book: BookQueries): QueriesFor {
  return (requester, now) => {
    const scope = new AccessScope(requester, now, database);
    return {
      scope,
      book,
      consumption: new ConsumptionQueries(database, scope),
      credentials: new CredentialQueries(database, scope),
      effects: new EffectQueries(database, scope),
      history: new HistoryQueries(database, scope),
      limits: new LimitQueries(database, scope),
      partners: new PartnerQueries(database, scope),
      placements: new PlacementQueries(database, scope),
      registry: new RegistryQueries(database, scope),
      sessions: new SessionQueries(database, scope),
      settings: new SettingsQueries(database, scope),
    };
  };
}
