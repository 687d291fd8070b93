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
export type { Copied, CopyOptions, CopyProgress } from './book-copy';
export { copyBook, OtherBookError } from './book-copy';
export type { EventStoreAddress } from './connection';
export { UncopyableEventError } from './in-order-appends';
export { currentSchemaVersion } from './upcasting';
