import type { EventLog, LogEntry } from './event-log';
import { recordedMsOf } from './recorded-event';
import type { StreamRecord } from './stream-record';

/** Events in the order of a read, a page at a time. An empty page: there is nothing more for now. */
export interface EventSource {
  nextPage(): LogEntry[];
}

/** The whole log from a position on, it included; backwards, the events before the position. */
export class AllSource implements EventSource {
  private from: number;

  constructor(
    private readonly log: EventLog,
    from: number,
    private readonly backwards: boolean,
  ) {
    this.from = backwards ? from - 1 : from;
  }

  nextPage(): LogEntry[] {
    const page = this.log.readAll(this.from, this.backwards);
    const last = page.at(-1);
    if (last != null) this.from = last.position + (this.backwards ? -1 : 1);
    return page;
  }
}

/** A stream from a revision on, it included, without what its metadata hides. The stream may come to be later. */
export class StreamSource implements EventSource {
  constructor(
    private readonly log: EventLog,
    private readonly stream: string,
    private from: number,
    private readonly backwards: boolean,
  ) {}

  nextPage(): LogEntry[] {
    const record = this.log.recordOf(this.stream);
    if (record == null || this.log.isTombstoned(this.stream)) return [];
    const oldest = this.oldestVisible(record);
    if (!this.backwards) this.from = Math.max(this.from, oldest);
    while (this.from >= oldest) {
      const page = this.log.readStream(record, this.from, this.backwards);
      const last = page.at(-1);
      if (last == null) return [];
      this.from = last.revision + (this.backwards ? -1 : 1);
      const visible = page.filter((entry) => entry.revision >= oldest && isYoungEnough(entry, record));
      if (visible.length > 0) return visible;
    }
    return [];
  }

  private oldestVisible(record: StreamRecord): number {
    const truncateBefore = record.truncateBefore ?? 0;
    if (record.maxCount == null) return truncateBefore;
    return Math.max(truncateBefore, this.log.lastRevisionOf(record) - record.maxCount + 1);
  }
}

function isYoungEnough({ event }: LogEntry, { maxAgeSeconds }: StreamRecord): boolean {
  return maxAgeSeconds == null || recordedMsOf(event) > Date.now() - maxAgeSeconds * 1000;
}
