import type { Fact, NewFact } from '@chargebook/domain';

/** A place in the store's total order: its commit position. */
export type Position = bigint;

/** The state in which a stream must be for an append to happen: absent, or with exactly this last revision. */
export type ExpectedRevision = 'NO_STREAM' | number;

export interface Appended {
  /** Revision of the last appended fact. */
  readonly revision: number;
  /** Position of the last appended fact. */
  readonly position: Position;
}

/** An event that this version of the program cannot read; it has its place in the book all the same. */
export interface UnreadableFact {
  readonly eventId: string;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly problem: string;
}

/**
 * An event exactly as the store holds it, before anything turns an old shape into the present one. What is not JSON is told
 * as `{ base64 }`.
 */
export interface WrittenEvent {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly data: unknown;
  readonly metadata: unknown;
}

/** One event of the total order. */
export interface BookEntry {
  readonly position: Position;
  readonly written: WrittenEvent;
  readonly content: { readonly fact: Fact } | { readonly unreadable: UnreadableFact };
}

/** Entries in order, and how far the book is known once they are taken in (further than the last entry, at a checkpoint). */
export interface Batch {
  readonly entries: readonly BookEntry[];
  readonly position: Position;
}

export interface FollowOptions {
  /** Entries after this position; from the beginning when absent. */
  readonly after?: Position;
  /** Most entries in a batch. */
  readonly batchSize?: number;
  /** Ends the following: the iteration returns. */
  readonly signal: AbortSignal;
  /** Told when the store is out of reach, and when it is back (undefined). */
  readonly onFault?: (fault: Error | undefined) => void;
}

/**
 * The store of events. Whatever engine is behind it, an acknowledged append is on disk, and an append that is repeated
 * with the same event ids at the same expected revision is answered as the first time.
 */
export interface EventStore {
  /**
   * Appends facts to one stream, all or none.
   *
   * @throws WrongExpectedRevisionError when the stream is in another state
   * @throws EventStoreUnavailableError when the outcome stayed unknown after bounded retries with the same event ids
   * @throws AppendTooLargeError
   */
  append(stream: string, facts: readonly NewFact[], expected: ExpectedRevision): Promise<Appended>;

  /**
   * The facts of a stream from a revision on (default 0), in order; none when there is no such stream.
   *
   * @throws EventStoreUnavailableError
   * @throws UnreadableFactError when the stream holds an event that this version cannot read
   */
  read(stream: string, fromRevision?: number): Promise<Fact[]>;

  /**
   * Follows the whole book without a gap and without a repeat, system events left out: what is there, then what comes.
   * Re-subscribes by itself with back-off. Pulls only as fast as it is iterated.
   */
  follow(options: FollowOptions): AsyncIterable<Batch>;

  /** Position of the last event in the book, system events included; undefined when it is empty. */
  head(): Promise<Position | undefined>;

  /** Ends everything under way; bounded in time. */
  close(): Promise<void>;
}

export class WrongExpectedRevisionError extends Error {
  constructor(
    readonly stream: string,
    readonly expected: ExpectedRevision,
    /** The stream's last revision; undefined when there is no such stream or the store did not say. */
    readonly actual: number | undefined,
  ) {
    super(`stream ${stream} is not at revision ${String(expected)}`);
    this.name = 'WrongExpectedRevisionError';
  }
}

export class EventStoreUnavailableError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'EventStoreUnavailableError';
  }
}

export class AppendTooLargeError extends Error {
  constructor(readonly stream: string) {
    super(`the facts for stream ${stream} are too large for one append`);
    this.name = 'AppendTooLargeError';
  }
}

export class UnreadableFactError extends Error {
  constructor(readonly fact: UnreadableFact) {
    super(`${fact.type} at ${fact.stream}@${String(fact.revision)} cannot be read: ${fact.problem}`);
    this.name = 'UnreadableFactError';
  }
}
