import { crc32 } from 'node:zlib';
import { StoreFailure } from './failure';
import type { EncodedEvent } from './recorded-event';
import type { Store } from './store';
import { streamOfMetadata, type StreamRecord } from './stream-record';

const CHECKSUM_BYTES = 4;

/** A stored event and where it stands. */
export interface LogEntry {
  position: number;
  event: EncodedEvent;
}

export interface StreamEntry extends LogEntry {
  revision: number;
}

/**
 * What is read at once. Small, since a page is held in memory and since an open read keeps the store from reusing
 * space: no reader, however slow, holds one open between pages.
 */
export const PAGE_EVENTS = 256;
const PAGE_BYTES = 1024 * 1024;

/** Reads the log. What it finds is on disk, except inside a write transaction, where it sees that one's writes too. */
export class EventLog {
  private readonly listeners = new Set<(stream: string) => void>();

  constructor(private readonly store: Store) {}

  /** Calls `listener` after each commit that changed a stream, with the stream's name. */
  onChanged(listener: (stream: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  announce(stream: string): void {
    for (const listener of this.listeners) listener(stream);
  }

  recordOf(stream: string): StreamRecord | undefined {
    return this.store.streams.get(stream);
  }

  /** Closed for ever; a metadata stream is so with the stream that it speaks of. */
  isTombstoned(stream: string): boolean {
    if (this.recordOf(stream)?.tombstoned) return true;
    const subject = streamOfMetadata(stream);
    return subject != null && this.recordOf(subject)?.tombstoned === true;
  }

  /** -1 when the stream holds no event. */
  lastRevisionOf(record: StreamRecord | undefined): number {
    if (record == null) return -1;
    const { id } = record;
    const range = { start: [id, Number.MAX_SAFE_INTEGER], end: [id, -1], reverse: true, limit: 1 };
    for (const [, revision] of this.store.revisions.getKeys(range)) return revision;
    return -1;
  }

  /** The last event of a stream. */
  lastOf(record: StreamRecord | undefined): StreamEntry | undefined {
    return record == null ? undefined : this.readStream(record, Number.MAX_SAFE_INTEGER, true, 1)[0];
  }

  positionAt(record: StreamRecord | undefined, revision: number): number | undefined {
    return record == null ? undefined : this.store.revisions.get([record.id, revision]);
  }

  /** The event at exactly this position. */
  eventAt(position: number): EncodedEvent | undefined {
    const value = this.store.log.get(position);
    return value == null ? undefined : withoutChecksum(position, value);
  }

  /** The last event's position; 0 on an empty log. */
  get head(): number {
    return this.last?.position ?? 0;
  }

  get last(): LogEntry | undefined {
    return this.readAll(Number.MAX_SAFE_INTEGER, true, 1)[0];
  }

  /** A page of events from a position on, it included, in log order or backwards. */
  readAll(from: number, backwards: boolean, limit = PAGE_EVENTS): LogEntry[] {
    const range = backwards ? { start: from, end: 0, reverse: true, limit } : { start: from, limit };
    const page: LogEntry[] = [];
    let sizeBytes = 0;
    for (const { key: position, value } of this.store.log.getRange(range)) {
      page.push({ position, event: withoutChecksum(position, value) });
      sizeBytes += value.length;
      if (sizeBytes > PAGE_BYTES) break;
    }
    return page;
  }

  /** A page of a stream's events from a revision on, it included, in order or backwards. */
  readStream({ id }: StreamRecord, from: number, backwards: boolean, limit = PAGE_EVENTS): StreamEntry[] {
    const end = backwards ? -1 : Number.MAX_SAFE_INTEGER;
    const page: StreamEntry[] = [];
    let sizeBytes = 0;
    const range = { start: [id, from], end: [id, end], reverse: backwards, limit };
    for (const { key, value: position } of this.store.revisions.getRange(range)) {
      const event = this.eventAt(position);
      if (event == null) throw damaged(`the event at position ${position} is missing`);
      page.push({ position, revision: key[1], event });
      sizeBytes += event.length;
      if (sizeBytes > PAGE_BYTES) break;
    }
    return page;
  }
}

/** What is stored for an event. */
export function withChecksum(event: EncodedEvent): Buffer {
  const value = Buffer.allocUnsafe(CHECKSUM_BYTES + event.length);
  value.writeUInt32LE(crc32(event), 0);
  event.copy(value, CHECKSUM_BYTES);
  return value;
}

function withoutChecksum(position: number, value: Buffer): EncodedEvent {
  const event = value.subarray(CHECKSUM_BYTES);
  if (value.length < CHECKSUM_BYTES || value.readUInt32LE(0) !== crc32(event)) {
    throw damaged(`the event at position ${position} does not match its checksum`);
  }
  return event;
}

/** The store contradicts itself: it is never served as if it were whole. */
function damaged(reason: string): StoreFailure {
  return new StoreFailure('DAMAGED', `The store is damaged: ${reason}`);
}
