import type { ProofQueries, Reports } from '@chargebook/audit';
import type {
  AccessScope,
  BookQueries,
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

/** Everything that can be asked of the read models. */
export interface Queries {
  /** What may be seen: all queries keep to it. */
  readonly scope: AccessScope;
  readonly book: BookQueries;
  readonly consumption: ConsumptionQueries;
  readonly credentials: CredentialQueries;
  readonly effects: EffectQueries;
  readonly history: HistoryQueries;
  readonly limits: LimitQueries;
  readonly names: NameQueries;
  readonly partners: PartnerQueries;
  readonly placements: PlacementQueries;
  readonly proofs: ProofQueries;
  readonly registry: RegistryQueries;
  /** Kept and made for all requests; what may be had is asked with each. */
  readonly reports: Reports;
  readonly sessions: SessionQueries;
  readonly settings: SettingsQueries;
}
