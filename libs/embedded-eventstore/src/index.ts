export {
  EmbeddedEventStoreError,
  EventStoreDamagedError,
  EventStoreInUseError,
  startEmbeddedEventStore,
  type EmbeddedEventStore,
  type EmbeddedEventStoreOptions,
} from './embedded-eventstore';
export type { FailureCode } from './failure';
export type { TlsSettings, User } from './security';
export type { ListenSettings } from './server';
