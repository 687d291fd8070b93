export {
  EmbeddedEventStoreError,
  EventStoreDamagedError,
  EventStoreInUseError,
  startEmbeddedEventStore,
  type EmbeddedEventStore,
  type EmbeddedEventStoreOptions,
} from './embedded-eventstore';
export type { FailureCode } from './failure';
