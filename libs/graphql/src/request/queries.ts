import type {
  BookQueries,
  ConsumptionQueries,
  EffectQueries,
  HistoryQueries,
  LimitQueries,
  PlacementQueries,
  RegistryQueries,
  SessionQueries,
  SettingsQueries,
} from '@chargebook/read-models';

/** Everything that can be asked of the read models. */
export interface Queries {
  readonly book: BookQueries;
  readonly consumption: ConsumptionQueries;
  readonly effects: EffectQueries;
  readonly history: HistoryQueries;
  readonly limits: LimitQueries;
  readonly placements: PlacementQueries;
  readonly registry: RegistryQueries;
  readonly sessions: SessionQueries;
  readonly settings: SettingsQueries;
}
