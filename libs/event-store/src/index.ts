export type {
  Appended,
  Batch,
  BookEntry,
  EventStore,
  ExpectedRevision,
  FollowOptions,
  Position,
  UnreadableFact,
  WrittenEvent,
} from './event-store';
export {
  AppendTooLargeError,
  EventStoreUnavailableError,
  UnreadableFactError,
  WrongExpectedRevisionError,
} from './event-store';
export { connectEventStore } from './eventstoredb';
export type { EventStoreAddress } from './connection';
export { currentSchemaVersion } from './upcasting';
