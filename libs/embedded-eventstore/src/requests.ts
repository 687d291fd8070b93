import { readFields } from './wire';

/** What a writer believes about the stream: nothing, that it is absent, that it is there, or its last revision. */
export type ExpectedRevision = 'any' | 'noStream' | 'streamExists' | number;

/** The stream that a request is about, and what its sender expects of it. */
export interface StreamTarget {
  stream: string;
  expected: ExpectedRevision;
}

/** An event as proposed; the buffers are views of the request. */
export interface ProposedEvent {
  /** Lower-case, with dashes. */
  id: string;
  /** Absent when the sender left it out, which the protocol forbids. */
  type: string | undefined;
  contentType: string | undefined;
  data: Buffer;
  customMetadata: Buffer;
}

/** One frame of a client-streaming append: the target (first) or an event. */
export interface AppendFrame {
  target?: StreamTarget;
  event?: ProposedEvent;
}

/** One frame of a batch append; a batch is all frames of one correlation id up to the final one. */
export interface BatchAppendFrame {
  correlationId: string;
  target?: StreamTarget;
  /** After this instant (milliseconds since 1970) the writer no longer waits. */
  deadlineMs?: number;
  events: ProposedEvent[];
  isFinal: boolean;
}

export interface FilterRequest {
  on: 'streamName' | 'eventType';
  regex?: string;
  prefixes: string[];
  /** How many events make a search window. */
  windowEvents?: number;
  /** A checkpoint is due every so many windows. */
  checkpointWindows: number;
}

export interface ReadRequest {
  /** Absent for $all. */
  stream?: string;
  /** A revision for a stream, a log position for $all. */
  from: 'start' | 'end' | number;
  backwards: boolean;
  resolveLinks: boolean;
  limitEvents: number;
  subscribe: boolean;
  filter?: FilterRequest;
}

const EMPTY = Buffer.alloc(0);

export function decodeReadRequest(message: Buffer): ReadRequest {
  const request: ReadRequest = {
    from: 'start',
    backwards: false,
    resolveLinks: false,
    limitEvents: Number.MAX_SAFE_INTEGER,
    subscribe: false,
  };
  readFields(message, ({ number, bytes }) => {
    if (number === 1) decodeReadOptions(bytes, request);
  });
  return request;
}

function decodeReadOptions(message: Buffer, request: ReadRequest): void {
  readFields(message, ({ number, bytes, varint }) => {
    if (number === 1) decodeStreamOptions(bytes, request);
    else if (number === 2) request.from = decodeAllOptions(bytes);
    else if (number === 3) request.backwards = varint === 1;
    else if (number === 4) request.resolveLinks = varint === 1;
    else if (number === 5) request.limitEvents = varint;
    else if (number === 6) request.subscribe = true;
    else if (number === 7) request.filter = decodeFilter(bytes);
  });
}

function decodeStreamOptions(message: Buffer, request: ReadRequest): void {
  request.stream = '';
  readFields(message, ({ number, bytes, varint }) => {
    if (number === 1) request.stream = decodeStreamName(bytes);
    else if (number === 2) request.from = varint;
    else if (number === 3) request.from = 'start';
    else if (number === 4) request.from = 'end';
  });
}

function decodeAllOptions(message: Buffer): ReadRequest['from'] {
  let from: ReadRequest['from'] = 'start';
  readFields(message, ({ number, bytes }) => {
    if (number === 1) from = decodePosition(bytes);
    else if (number === 2) from = 'start';
    else if (number === 3) from = 'end';
  });
  return from;
}

/** Commit and prepare position are one and the same in this store. */
function decodePosition(message: Buffer): number {
  let position = 0;
  readFields(message, ({ number, varint }) => {
    if (number === 1) position = varint;
  });
  return position;
}

function decodeFilter(message: Buffer): FilterRequest {
  const filter: FilterRequest = { on: 'eventType', prefixes: [], checkpointWindows: 1 };
  readFields(message, ({ number, bytes, varint }) => {
    if (number === 1 || number === 2) {
      filter.on = number === 1 ? 'streamName' : 'eventType';
      decodeExpression(bytes, filter);
    } else if (number === 3) filter.windowEvents = varint;
    else if (number === 5) filter.checkpointWindows = varint;
  });
  return filter;
}

function decodeExpression(message: Buffer, filter: FilterRequest): void {
  readFields(message, ({ number, bytes }) => {
    if (number === 1) filter.regex = bytes.toString('utf8');
    else if (number === 2) filter.prefixes.push(bytes.toString('utf8'));
  });
}

export function decodeAppendFrame(message: Buffer): AppendFrame {
  const frame: AppendFrame = {};
  readFields(message, ({ number, bytes }) => {
    if (number === 1) frame.target = decodeTarget(bytes);
    else if (number === 2) frame.event = decodeProposedEvent(bytes);
  });
  return frame;
}

/** A request to delete or to tombstone: both have the shape of an append's options. */
export function decodeDeleteRequest(message: Buffer): StreamTarget {
  return decodeAppendFrame(message).target ?? { stream: '', expected: 'any' };
}

export function decodeBatchAppendFrame(message: Buffer): BatchAppendFrame {
  const frame: BatchAppendFrame = { correlationId: '', events: [], isFinal: false };
  readFields(message, ({ number, bytes, varint }) => {
    if (number === 1) frame.correlationId = decodeUuid(bytes);
    else if (number === 2) {
      frame.target = decodeTarget(bytes);
      frame.deadlineMs = decodeDeadline(bytes);
    } else if (number === 3) frame.events.push(decodeProposedEvent(bytes));
    else if (number === 4) frame.isFinal = varint === 1;
  });
  return frame;
}

function decodeTarget(message: Buffer): StreamTarget {
  const target: StreamTarget = { stream: '', expected: 'any' };
  readFields(message, ({ number, bytes, varint }) => {
    if (number === 1) target.stream = decodeStreamName(bytes);
    else if (number === 2) target.expected = varint;
    else if (number === 3) target.expected = 'noStream';
    else if (number === 4) target.expected = 'any';
    else if (number === 5) target.expected = 'streamExists';
  });
  return target;
}

/** Told as an instant (6), or as a time from now (7). */
function decodeDeadline(message: Buffer): number | undefined {
  let deadlineMs: number | undefined;
  readFields(message, ({ number, bytes }) => {
    if (number !== 6 && number !== 7) return;
    let milliseconds = 0;
    readFields(bytes, (part) => {
      if (part.number === 1) milliseconds += part.varint * 1000;
      else if (part.number === 2) milliseconds += Math.floor(part.varint / 1_000_000);
    });
    deadlineMs = number === 6 ? milliseconds : Date.now() + milliseconds;
  });
  return deadlineMs;
}

function decodeStreamName(message: Buffer): string {
  let name = '';
  readFields(message, ({ number, bytes }) => {
    if (number === 3) name = bytes.toString('utf8');
  });
  return name;
}

function decodeProposedEvent(message: Buffer): ProposedEvent {
  const event: ProposedEvent = {
    id: '',
    type: undefined,
    contentType: undefined,
    data: EMPTY,
    customMetadata: EMPTY,
  };
  readFields(message, ({ number, bytes }) => {
    if (number === 1) event.id = decodeUuid(bytes);
    else if (number === 2) decodeMetadataEntry(bytes, event);
    else if (number === 3) event.customMetadata = bytes;
    else if (number === 4) event.data = bytes;
  });
  return event;
}

function decodeMetadataEntry(message: Buffer, event: ProposedEvent): void {
  let name = '';
  let value = '';
  readFields(message, ({ number, bytes }) => {
    if (number === 1) name = bytes.toString('utf8');
    else if (number === 2) value = bytes.toString('utf8');
  });
  if (name === 'type') event.type = value;
  else if (name === 'content-type') event.contentType = value;
}

/** A UUID comes as text or as two 64-bit halves; it is kept as text. */
function decodeUuid(message: Buffer): string {
  let uuid = '';
  readFields(message, ({ number, bytes }) => {
    if (number === 2) uuid = bytes.toString('latin1').toLowerCase();
    else if (number === 1) uuid = uuidOfHalves(bytes);
  });
  return uuid;
}

function uuidOfHalves(message: Buffer): string {
  const halves = Buffer.alloc(16);
  let at = 0;
  while (at < message.length) {
    const isMostSignificant = message[at++] === 0x08;
    let half = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++] ?? 0;
      half |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    halves.writeBigUInt64BE(BigInt.asUintN(64, half), isMostSignificant ? 0 : 8);
  }
  const hex = halves.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
