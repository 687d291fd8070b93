/** What the store keeps of a stream, besides its events. */
export interface StreamRecord {
  id: number;
  /** Tombstoned: never to be used again. */
  tombstoned?: true;
  /** From its metadata: earlier revisions are not shown; `SOFT_DELETED` hides them all. */
  truncateBefore?: number;
  maxCount?: number;
  maxAgeSeconds?: number;
  hasMetadata?: true;
}

/** The value of `$tb` that means "deleted until somebody writes again": the greatest 64-bit integer. */
export const SOFT_DELETED_ON_WIRE = '9223372036854775807';

export function isSoftDeleted(record: StreamRecord | undefined): boolean {
  return record?.truncateBefore != null && record.truncateBefore >= Number.MAX_SAFE_INTEGER;
}

const METADATA_PREFIX = '$$';

export function metadataStreamOf(stream: string): string {
  return METADATA_PREFIX + stream;
}

/** The stream that a metadata stream speaks of, if it is one. */
export function streamOfMetadata(stream: string): string | undefined {
  return stream.startsWith(METADATA_PREFIX) ? stream.slice(METADATA_PREFIX.length) : undefined;
}

/** The record with the settings of a metadata event; what is not readable sets nothing. */
export function withMetadata(record: StreamRecord, data: Buffer): StreamRecord {
  const settings = parseObject(data);
  const next: StreamRecord = { id: record.id, hasMetadata: true };
  if (record.tombstoned) next.tombstoned = true;
  const truncateBefore = wholeNumber(settings['$tb']);
  if (truncateBefore != null) next.truncateBefore = truncateBefore;
  const maxCount = wholeNumber(settings['$maxCount']);
  if (maxCount != null) next.maxCount = maxCount;
  const maxAgeSeconds = wholeNumber(settings['$maxAge']);
  if (maxAgeSeconds != null) next.maxAgeSeconds = maxAgeSeconds;
  return next;
}

/** Whether events for this stream are metadata by which events of another would no longer be shown. */
export function hidesEvents(stream: string, events: readonly { data: Buffer }[]): boolean {
  if (streamOfMetadata(stream) == null) return false;
  return events.some(({ data }) => {
    const { truncateBefore, maxCount, maxAgeSeconds } = withMetadata({ id: 0 }, data);
    return truncateBefore != null || maxCount != null || maxAgeSeconds != null;
  });
}

function wholeNumber(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0
    ? Math.min(Math.floor(value), Number.MAX_SAFE_INTEGER)
    : undefined;
}

function parseObject(data: Buffer): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(data.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/**
 * The metadata as JSON with another `$tb`. Written by hand where it must be the greatest 64-bit integer, which no
 * JavaScript number is.
 */
export function metadataTruncatedBefore(
  data: Buffer | undefined,
  truncateBefore: number | 'softDeleted',
): Buffer {
  const settings = data == null ? {} : parseObject(data);
  const { $tb: _, ...rest } = settings;
  const others = JSON.stringify(rest).slice(1, -1);
  const value = truncateBefore === 'softDeleted' ? SOFT_DELETED_ON_WIRE : String(truncateBefore);
  return Buffer.from(`{${others === '' ? '' : `${others},`}"$tb":${value}}`, 'utf8');
}
