export { accessProjection } from './access/access.projection';
export { AccessRegister } from './access/access-register';
export type { ScopePoint } from './access/access-scope';
export { AccessScope } from './access/access-scope';
export type { CredentialRecord } from './access/credentials.queries';
export { CredentialQueries } from './access/credentials.queries';
export type { PartnerRecord } from './access/partners.queries';
export { PartnerQueries } from './access/partners.queries';
export type { AsOf } from './book/as-of';
export { known } from './book/as-of';
export type { CommandKey, ProjectionStatus } from './book/book.queries';
export { BookQueries } from './book/book.queries';
export type { NewsItem } from './book/news';
export { News } from './book/news';
export { Database, DatabaseUnavailableError, OutOfTimeError } from './database/database';
export { migrate, migrationsFolder } from './database/migrate';
export type { HistoryFact, HistoryFilter, HistoryPoint } from './ledger/history.queries';
export { HistoryQueries, sourcesOf } from './ledger/history.queries';
export type { EntryHead, EntryRow } from './ledger/entries';
export { leafOf } from './ledger/entries';
export { SettingsQueries } from './ledger/settings.queries';
export type { LedgerEntry } from './ledger/tree.queries';
export { entryOfRow, TreeQueries } from './ledger/tree.queries';
export type { Page, PageRequest } from './pages/page';
export { PageRequestError } from './pages/page';
export { relocationsProjection } from './placements/relocations.projection';
export { placementsProjection } from './placements/placements.projection';
export type { Placement } from './placements/placement-rows';
export { PlacementQueries } from './placements/placements.queries';
export { visitsTo, wiringsOf, within } from './placements/visits';
export type { Relocation, RelocationFilter } from './placements/relocations';
export { Progress, ProjectionBehindError } from './projector/progress';
export type { Projection } from './projector/projection';
export { PROJECTIONS } from './projector/projections';
export type { Rebuild } from './projector/rebuilds';
export { Rebuilds, UnknownProjectionError } from './projector/rebuilds';
export type { ProjectorEvents } from './projector/projector';
export { Projector } from './projector/projector';
export type { ChargerFilter, ChargerOrder } from './registry/charger-lists';
export { registryProjection } from './registry/registry.projection';
export type {
  BackplateRecord,
  ChargerRecord,
  CircuitRecord,
  OperatorRecord,
  SiteRecord,
} from './registry/registry.queries';
export { RegistryQueries } from './registry/registry.queries';
export type { Consumption, Interval } from './sessions/consumption.queries';
export { ConsumptionQueries } from './sessions/consumption.queries';
export { sessionsProjection } from './sessions/sessions.projection';
export type { AxisPoint, SessionRecord } from './sessions/sessions.queries';
export { SessionQueries } from './sessions/sessions.queries';
export type { EffectiveLimitAnswer } from './limits/limits.queries';
export { LimitQueries, SuppositionRefusedError, TimelineRequestError } from './limits/limits.queries';
export { chargersBehaving } from './limits/behaviour-page';
export { SpanTooBusyError } from './limits/fact-probes';
export type { TimedLimitEffect } from './limits/effects.queries';
export { EffectQueries } from './limits/effects.queries';
export { NameQueries } from './vault/names.queries';
export { People } from './vault/people';
export type { VaultRow } from './vault/vault-copy';
export { VaultCopy } from './vault/vault-copy';
export type { FactDifference } from './ledger/fact-differences';
export { factDifferences, wrongCorrection } from './ledger/fact-differences';
export type { Recounted } from './ledger/recount';
export { Recount } from './ledger/recount';
export type { TableDifference } from './projector/row-differences';
