import { randomUUID } from 'node:crypto';
import { messageOf, streamDeletedError } from './errors';
import { PAGE_EVENTS, type EventLog, type LogEntry } from './event-log';
import { AllSource, StreamSource, type EventSource } from './event-source';
import { StoreFailure } from './failure';
import { BadFilterError, compileFilter, type EventFilter } from './filter';
import { status, type StatusCode } from './grpc-status';
import type { ReadCall } from './read-call';
import { dataOf, encodeResolvedLink, eventTypeOf, revisionOf } from './recorded-event';
import type { ReadRequest } from './requests';
import {
  CAUGHT_UP_RESPONSE,
  FELL_BEHIND_RESPONSE,
  checkpointResponse,
  confirmationResponse,
  streamNotFoundResponse,
} from './responses';
import { isSoftDeleted } from './stream-record';

const LINK_TYPE = '$>';
const DEFAULT_WINDOW_EVENTS = 32;
const THE_END = Number.MAX_SAFE_INTEGER;

/** Answers a read or a subscription until it is done, or its reader has gone. */
export async function serveRead(log: EventLog, call: ReadCall): Promise<void> {
  try {
    const filter = call.request.filter == null ? undefined : compileFilter(call.request.filter);
    if (isTombstoned(log, call)) return;
    if (call.request.subscribe) await serveSubscription(log, call, filter);
    else await serveOnce(log, call, filter);
  } catch (error) {
    call.fail({ code: statusOf(error), details: messageOf(error) });
  }
}

function statusOf(error: unknown): StatusCode {
  if (error instanceof BadFilterError) return status.INVALID_ARGUMENT;
  return error instanceof StoreFailure && error.code === 'DAMAGED' ? status.DATA_LOSS : status.UNAVAILABLE;
}

/** A tombstoned stream is no longer read; says so to the reader. */
function isTombstoned(log: EventLog, call: ReadCall): boolean {
  const { stream } = call.request;
  if (stream == null || !log.isTombstoned(stream)) return false;
  call.fail(streamDeletedError(stream));
  return true;
}

async function serveOnce(log: EventLog, call: ReadCall, filter: EventFilter | undefined): Promise<void> {
  const { request } = call;
  if (request.stream != null && !hasEvents(log, request.stream)) {
    call.send(streamNotFoundResponse(request.stream));
    call.end();
    return;
  }
  // What is appended during a read is no part of it: a reader can catch up with no writer otherwise.
  const head = log.head;
  const source = sourceOf(log, request);
  let left = request.limitEvents;
  for (let page = source.nextPage(); page.length > 0 && left > 0 && call.isOpen; page = source.nextPage()) {
    for (const entry of page) {
      if (left === 0 || entry.position > head || !call.isOpen) break;
      if (filter?.(entry.event) === false) continue;
      left--;
      call.send(answerOf(log, request, entry));
    }
    if ((page.at(-1)?.position ?? 0) > head) break;
    await call.untilTaken();
  }
  call.end();
}

function hasEvents(log: EventLog, stream: string): boolean {
  const record = log.recordOf(stream);
  return record != null && !isSoftDeleted(record) && log.lastRevisionOf(record) >= 0;
}

function sourceOf(log: EventLog, { stream, from, backwards }: ReadRequest): EventSource {
  const end = backwards ? THE_END : stream == null ? log.head + 1 : THE_END;
  const start = from === 'start' ? 0 : from === 'end' ? end : from;
  return stream == null
    ? new AllSource(log, start, backwards)
    : new StreamSource(log, stream, start, backwards);
}

/** Everything behind the start, then everything as it is appended: one loop over the log, so no gap and no duplicate. */
async function serveSubscription(
  log: EventLog,
  call: ReadCall,
  filter: EventFilter | undefined,
): Promise<void> {
  const { request } = call;
  const source = subscriptionSourceOf(log, request);
  let appended = false;
  const stop = log.onChanged((stream) => {
    if (request.stream != null && request.stream !== stream) return;
    appended = true;
    call.nudge();
  });
  try {
    const feed = new SubscriptionFeed(log, call, filter);
    call.send(confirmationResponse(randomUUID()));
    while (call.isOpen) {
      appended = false;
      const page = source.nextPage();
      if (page.length > 0) {
        feed.deliver(page);
        await call.untilTaken();
      } else if (isTombstoned(log, call)) return;
      else {
        feed.reachedEnd();
        while (!appended && call.isOpen) await call.untilWoken();
      }
    }
  } finally {
    stop();
  }
}

/** A subscription begins behind the position or revision it names. */
function subscriptionSourceOf(log: EventLog, request: ReadRequest): EventSource {
  const { stream, from } = request;
  if (stream == null) {
    const behind = from === 'start' ? 0 : from === 'end' ? log.head : from;
    return new AllSource(log, behind + 1, false);
  }
  const record = log.recordOf(stream);
  const last = record == null ? -1 : log.lastRevisionOf(record);
  const behind = from === 'start' ? -1 : from === 'end' ? last : from;
  return new StreamSource(log, stream, behind + 1, false);
}

/** Sends what passes the filter, and checkpoints for what does not. */
class SubscriptionFeed {
  private readonly checkpointEvents: number;
  private sinceCheckpoint = 0;
  private lastPosition: number | undefined;
  private caughtUp = false;

  constructor(
    private readonly log: EventLog,
    private readonly call: ReadCall,
    private readonly filter: EventFilter | undefined,
  ) {
    const { windowEvents = DEFAULT_WINDOW_EVENTS, checkpointWindows = 1 } = call.request.filter ?? {};
    this.checkpointEvents = Math.max(1, windowEvents * Math.max(1, checkpointWindows));
  }

  deliver(page: readonly LogEntry[]): void {
    if (this.caughtUp && page.length === PAGE_EVENTS) this.fallBehind();
    for (const entry of page) {
      if (!this.call.isOpen) return;
      const passes = this.filter?.(entry.event) ?? true;
      if (passes) this.call.send(answerOf(this.log, this.call.request, entry));
      this.lastPosition = entry.position;
      if (this.filter != null && ++this.sinceCheckpoint >= this.checkpointEvents) this.checkpoint();
    }
  }

  private fallBehind(): void {
    this.caughtUp = false;
    this.call.send(FELL_BEHIND_RESPONSE);
  }

  /** Tells it once, until the subscriber has fallen behind again. */
  reachedEnd(): void {
    if (this.caughtUp) return;
    this.caughtUp = true;
    if (this.filter != null && this.sinceCheckpoint > 0) this.checkpoint();
    this.call.send(CAUGHT_UP_RESPONSE);
  }

  private checkpoint(): void {
    this.sinceCheckpoint = 0;
    if (this.lastPosition != null) this.call.send(checkpointResponse(this.lastPosition));
  }
}

function answerOf(log: EventLog, request: ReadRequest, { event, position }: LogEntry): Buffer {
  if (!request.resolveLinks || eventTypeOf(event) !== LINK_TYPE) return event;
  const linked = linkedEvent(log, dataOf(event).toString('utf8'));
  return encodeResolvedLink(linked, event, position);
}

/** What a link leads to, if that can still be read. A link's data reads `revision@stream`. */
function linkedEvent(log: EventLog, link: string): Buffer | undefined {
  const [, revision, stream] = /^(\d+)@(.*)$/s.exec(link) ?? [];
  const record = stream == null ? undefined : log.recordOf(stream);
  if (stream == null || record == null || isSoftDeleted(record)) return undefined;
  const [found] = new StreamSource(log, stream, Number(revision), false).nextPage();
  return found != null && revisionOf(found.event) === Number(revision) ? found.event : undefined;
}
