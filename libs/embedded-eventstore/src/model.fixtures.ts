/** What a writer expects of a stream, as the client says it; a revision stands as a number. */
export type Expectation = 'any' | 'no_stream' | 'stream_exists' | number;

export type Outcome =
  | { kind: 'written'; revision: number }
  | { kind: 'done' }
  | { kind: 'wrongRevision' }
  | { kind: 'deleted' }
  | { kind: 'notFound' }
  | { kind: 'events'; ids: string[] };

interface Metadata {
  maxCount?: number;
  truncateBefore?: number;
}

/** All that is known of one stream. */
interface ModelStream {
  ids: string[];
  metadata?: Metadata;
  softDeleted: boolean;
  tombstoned: boolean;
}

const WRONG: Outcome = { kind: 'wrongRevision' };
const DELETED: Outcome = { kind: 'deleted' };

/**
 * What a store must answer, as simply as it can be said: streams are lists of ids, and the log is the list of all that
 * was ever written, with names for what the server itself writes.
 */
export class ModelStore {
  readonly log: string[] = [];
  private readonly streams = new Map<string, ModelStream>();

  private of(stream: string): ModelStream {
    const known = this.streams.get(stream) ?? { ids: [], softDeleted: false, tombstoned: false };
    this.streams.set(stream, known);
    return known;
  }

  private exists({ ids, metadata }: ModelStream): boolean {
    return ids.length > 0 || metadata != null;
  }

  lastRevision(stream: string): number {
    return this.of(stream).ids.length - 1;
  }

  append(name: string, ids: readonly string[], expected: Expectation): Outcome {
    const stream = this.of(name);
    if (stream.tombstoned) return DELETED;
    if (expected === 'stream_exists' && stream.softDeleted) return DELETED;
    if (expected === 'stream_exists' && !this.exists(stream)) return WRONG;
    if (typeof expected === 'number' && expected >= stream.ids.length) return WRONG;
    const at = this.placeOf(stream, ids, expected);
    if (at === 'nowhere') return WRONG;
    if (at === 'end') this.write(name, stream, ids);
    return { kind: 'written', revision: (at === 'end' ? stream.ids.length : at + ids.length) - 1 };
  }

  /** Where a batch goes: at the end, or where it already is. */
  private placeOf(
    { ids: present, softDeleted }: ModelStream,
    ids: readonly string[],
    expected: Expectation,
  ): 'end' | 'nowhere' | number {
    const isAt = (at: number): boolean => ids.every((id, index) => present[at + index] === id);
    if (expected === 'any' || expected === 'stream_exists') {
      const at = present.lastIndexOf(ids[0] ?? '');
      if (at === -1) return 'end';
      return isAt(at) ? at : 'nowhere';
    }
    const after = expected === 'no_stream' ? 0 : expected + 1;
    if (after === present.length) return 'end';
    if (isAt(after)) return after;
    return softDeleted && expected === 'no_stream' && present[0] !== ids[0] ? 'end' : 'nowhere';
  }

  private write(name: string, stream: ModelStream, ids: readonly string[]): void {
    const { length } = stream.ids;
    stream.ids.push(...ids);
    this.log.push(...ids);
    if (!stream.softDeleted) return;
    stream.softDeleted = false;
    this.log.push(`metadata of ${name}`);
    stream.metadata = { ...stream.metadata, truncateBefore: length };
  }

  setMetadata(name: string, metadata: Metadata): Outcome {
    const stream = this.of(name);
    if (stream.tombstoned) return DELETED;
    this.log.push(`metadata of ${name}`);
    stream.metadata = metadata;
    stream.softDeleted = false;
    return { kind: 'done' };
  }

  softDelete(name: string, expected: Expectation): Outcome {
    const stream = this.of(name);
    if (stream.tombstoned || stream.softDeleted) return DELETED;
    if (!this.exists(stream) || !this.matches(stream, expected)) return WRONG;
    stream.softDeleted = true;
    stream.metadata = { ...stream.metadata };
    this.log.push(`metadata of ${name}`);
    return { kind: 'done' };
  }

  tombstone(name: string, expected: Expectation): Outcome {
    const stream = this.of(name);
    if (stream.tombstoned) return DELETED;
    if (!this.matches(stream, expected)) return WRONG;
    stream.tombstoned = true;
    this.log.push(`tombstone of ${name}`);
    return { kind: 'done' };
  }

  private matches(stream: ModelStream, expected: Expectation): boolean {
    if (expected === 'any') return true;
    if (expected === 'no_stream') return stream.ids.length === 0;
    if (expected === 'stream_exists') return this.exists(stream);
    return expected === stream.ids.length - 1;
  }

  /** From a revision on, or from either end. */
  read(name: string, from: 'start' | 'end' | number, backwards: boolean, limit: number): Outcome {
    const { ids, softDeleted, tombstoned, metadata = {} } = this.of(name);
    if (tombstoned) return DELETED;
    if (softDeleted || ids.length === 0) return { kind: 'notFound' };
    const oldest = Math.max(
      metadata.truncateBefore ?? 0,
      metadata.maxCount == null ? 0 : ids.length - metadata.maxCount,
    );
    const end = backwards ? ids.length - 1 : ids.length;
    const start = from === 'start' ? 0 : from === 'end' ? end : from;
    const visible = ids
      .map((id, revision) => ({ id, revision }))
      .filter(({ revision }) => revision >= oldest);
    const wanted = backwards
      ? visible.filter(({ revision }) => revision <= start).reverse()
      : visible.filter(({ revision }) => revision >= start);
    return { kind: 'events', ids: wanted.slice(0, limit).map(({ id }) => id) };
  }
}
