import { randomUUID } from 'node:crypto';
import { decideAppend, decideDelete, type StreamSituation } from './append.decide';
import type { CommitQueue } from './commit-queue';
import { withChecksum, type EventLog } from './event-log';
import { RecentIds } from './recent-ids';
import { dataOf, encodeRecordedEvent, eventIdOf, revisionOf, streamNameOf } from './recorded-event';
import type { ProposedEvent, StreamTarget } from './requests';
import type { Store } from './store';
import {
  hidesEvents,
  isSoftDeleted,
  metadataStreamOf,
  metadataTruncatedBefore,
  streamOfMetadata,
  withMetadata,
  type StreamRecord,
} from './stream-record';

/** What came of a write. `position` is that of the last event; absent when nothing was ever written. */
export type WriteOutcome =
  | { kind: 'written'; lastRevision: number | undefined; position: number | undefined }
  | { kind: 'wrongRevision'; currentRevision: number | undefined }
  | { kind: 'deleted' }
  /** It would make what is recorded disappear, which this server was told never to do. */
  | { kind: 'forbidden' }
  | { kind: 'late' };

/** Not 0: a reader may take "position 0" for "before everything". */
const FIRST_POSITION = 1;
const RECENT_IDS = 32_768;
const NO_BYTES = Buffer.alloc(0);

/** The only writer of the log. One transaction checks the revision and writes; many are committed together. */
export class LogWriter {
  private readonly recentIds = new RecentIds(RECENT_IDS);
  /** Where the next event goes. Only ever grows, also past writes that failed: a position is never used twice. */
  private nextPosition = FIRST_POSITION;
  private nextStreamId: number;

  constructor(
    private readonly store: Store,
    private readonly log: EventLog,
    private readonly commits: CommitQueue,
    private readonly isAppendOnly = false,
  ) {
    const { last } = log;
    if (last != null) this.nextPosition = last.position + last.event.length;
    this.nextStreamId = store.settings.get('nextStreamId') ?? 1;
    this.recallIds();
  }

  /** A writer that repeats itself after a restart is to be recognised as before it. */
  private recallIds(): void {
    let before = Number.MAX_SAFE_INTEGER;
    // One less than a generation, so that these do not count as the older one.
    for (let left = RECENT_IDS - 1; left > 0;) {
      const page = this.log.readAll(before, true, Math.min(left, 256));
      for (const { position, event } of page) this.recentIds.add(eventIdOf(event), position);
      const last = page.at(-1);
      if (last == null) return;
      left -= page.length;
      before = last.position - 1;
    }
  }

  /**
   * Resolves when the events are on disk, or were refused; rejects when the disk failed. After the deadline
   * (milliseconds since 1970) nothing is written.
   */
  async append(
    target: StreamTarget,
    events: readonly ProposedEvent[],
    deadlineMs = Infinity,
  ): Promise<WriteOutcome> {
    if (this.isAppendOnly && hidesEvents(target.stream, events)) return { kind: 'forbidden' };
    const sizeBytes = events.reduce((sum, event) => sum + event.data.length + event.customMetadata.length, 0);
    return this.commit(target.stream, sizeBytes, () =>
      Date.now() > deadlineMs ? { kind: 'late' } : this.appendInTransaction(target, events),
    );
  }

  /** Hides what the stream holds until somebody writes to it again. */
  async softDelete(target: StreamTarget, deadlineMs = Infinity): Promise<WriteOutcome> {
    return this.remove(target, deadlineMs, () => this.softDeleteInTransaction(target));
  }

  /** Closes the stream for ever. */
  async tombstone(target: StreamTarget, deadlineMs = Infinity): Promise<WriteOutcome> {
    return this.remove(target, deadlineMs, () => this.tombstoneInTransaction(target));
  }

  private async remove(
    { stream }: StreamTarget,
    deadlineMs: number,
    write: () => WriteOutcome,
  ): Promise<WriteOutcome> {
    if (this.isAppendOnly) return { kind: 'forbidden' };
    return this.commit(stream, 0, () => (Date.now() > deadlineMs ? { kind: 'late' } : write()));
  }

  private async commit(stream: string, sizeBytes: number, write: () => WriteOutcome): Promise<WriteOutcome> {
    const outcome = await this.commits.commit(sizeBytes, write);
    if (outcome.kind === 'written') this.log.announce(stream);
    return outcome;
  }

  private appendInTransaction(
    { stream, expected }: StreamTarget,
    events: readonly ProposedEvent[],
  ): WriteOutcome {
    const record = this.log.recordOf(stream);
    const situation = this.situationOf(stream, record);
    const ids = events.map(({ id }) => id);
    const decision = decideAppend(expected, ids, situation);
    switch (decision.kind) {
      case 'deleted':
        return { kind: 'deleted' };
      case 'wrongRevision':
        return { kind: 'wrongRevision', currentRevision: orNone(situation.lastRevision) };
      case 'alreadyWritten': {
        const { lastRevision } = decision;
        return { kind: 'written', lastRevision, position: this.log.positionAt(record, lastRevision) };
      }
      case 'write': {
        if (events.length > 0) return this.write(stream, record, situation.lastRevision, events);
        return { kind: 'written', lastRevision: orNone(situation.lastRevision), position: undefined };
      }
    }
  }

  private softDeleteInTransaction({ stream, expected }: StreamTarget): WriteOutcome {
    const record = this.log.recordOf(stream);
    const situation = this.situationOf(stream, record);
    const decision = decideDelete(expected, situation);
    if (decision === 'deleted') return { kind: 'deleted' };
    const exists = situation.lastRevision >= 0 || situation.hasMetadata;
    if (decision === 'wrongRevision' || !exists) {
      return { kind: 'wrongRevision', currentRevision: orNone(situation.lastRevision) };
    }
    return this.truncate(stream, 'softDeleted');
  }

  private tombstoneInTransaction({ stream, expected }: StreamTarget): WriteOutcome {
    const record = this.log.recordOf(stream);
    const situation = { ...this.situationOf(stream, record), softDeleted: false };
    const decision = decideDelete(expected, situation);
    if (decision === 'deleted') return { kind: 'deleted' };
    if (decision === 'wrongRevision') {
      return { kind: 'wrongRevision', currentRevision: orNone(situation.lastRevision) };
    }
    const closed: StreamRecord = { ...(record ?? this.addStream(stream)), tombstoned: true };
    void this.store.streams.put(stream, closed);
    // It stands in the log alone: no revision of the stream leads to it.
    const event = systemEvent('$streamDeleted', NO_BYTES);
    const { position, value } = this.encode(event, stream, Number.MAX_SAFE_INTEGER, Date.now());
    void this.store.log.put(position, value);
    return { kind: 'written', lastRevision: undefined, position };
  }

  private write(
    stream: string,
    record: StreamRecord | undefined,
    lastRevision: number,
    events: readonly ProposedEvent[],
  ): WriteOutcome {
    // Whatever can throw comes first: what was put before an error would be committed all the same.
    const { id } = record ?? this.addStream(stream);
    const createdMs = Date.now();
    const encoded = events.map((event, index) =>
      this.encode(event, stream, lastRevision + 1 + index, createdMs),
    );
    for (const { revision, position, value } of encoded) {
      void this.store.log.put(position, value);
      void this.store.revisions.put([id, revision], position);
    }
    const subject = streamOfMetadata(stream);
    const metadata = events.at(-1);
    if (subject != null && metadata != null) this.applyMetadata(subject, metadata.data);
    // Whoever writes to a soft-deleted stream brings it back, from these events on.
    if (isSoftDeleted(record)) this.truncate(stream, lastRevision + 1);
    return {
      kind: 'written',
      lastRevision: lastRevision + events.length,
      position: encoded.at(-1)?.position,
    };
  }

  private encode(
    proposed: ProposedEvent,
    stream: string,
    revision: number,
    createdMs: number,
  ): { revision: number; position: number; value: Buffer } {
    const position = this.nextPosition;
    const event = encodeRecordedEvent(proposed, { stream, revision, position, createdMs });
    this.nextPosition += event.length;
    this.recentIds.add(proposed.id, position);
    return { revision, position, value: withChecksum(event) };
  }

  /** Writes the stream's metadata anew, with another revision to begin at. */
  private truncate(stream: string, truncateBefore: number | 'softDeleted'): WriteOutcome {
    const metadataStream = metadataStreamOf(stream);
    const record = this.log.recordOf(metadataStream);
    const last = this.log.lastOf(record);
    const data = metadataTruncatedBefore(last == null ? undefined : dataOf(last.event), truncateBefore);
    return this.write(metadataStream, record, last?.revision ?? -1, [systemEvent('$metadata', data)]);
  }

  private applyMetadata(subject: string, data: Buffer): void {
    const record = this.log.recordOf(subject) ?? this.addStream(subject);
    void this.store.streams.put(subject, withMetadata(record, data));
  }

  private addStream(stream: string): StreamRecord {
    const record: StreamRecord = { id: this.nextStreamId++ };
    void this.store.streams.put(stream, record);
    void this.store.settings.put('nextStreamId', this.nextStreamId);
    return record;
  }

  private situationOf(stream: string, record: StreamRecord | undefined): StreamSituation {
    return {
      lastRevision: this.log.lastRevisionOf(record),
      tombstoned: this.log.isTombstoned(stream),
      softDeleted: isSoftDeleted(record),
      hasMetadata: record?.hasMetadata ?? false,
      idAt: (revision) => {
        const position = this.log.positionAt(record, revision);
        const event = position == null ? undefined : this.log.eventAt(position);
        return event == null ? undefined : eventIdOf(event);
      },
      recentRevisionOf: (id) => {
        // A hint from memory: the write it comes from may have failed, and the id may stand in another stream.
        const position = this.recentIds.positionOf(id);
        const event = position == null ? undefined : this.log.eventAt(position);
        const isHere = event != null && eventIdOf(event) === id && streamNameOf(event) === stream;
        return isHere ? revisionOf(event) : undefined;
      },
    };
  }
}

/** In the protocol an empty stream has no revision. */
function orNone(revision: number): number | undefined {
  return revision < 0 ? undefined : revision;
}

/** An event that the server itself records. */
export function systemEvent(type: string, data: Buffer): ProposedEvent {
  return { id: randomUUID(), type, contentType: 'application/json', data, customMetadata: NO_BYTES };
}
