import { describe, expect, it } from '@jest/globals';
import { decideAppend, decideDelete, type StreamSituation } from './append.decide';
import type { ExpectedRevision } from './requests';

/** A stream that holds events with these ids; all of them lately recorded. */
function streamOf(ids: readonly string[], more: Partial<StreamSituation> = {}): StreamSituation {
  return {
    lastRevision: ids.length - 1,
    tombstoned: false,
    softDeleted: false,
    hasMetadata: false,
    idAt: (revision) => ids[revision],
    recentRevisionOf: (id) => (ids.includes(id) ? ids.indexOf(id) : undefined),
    ...more,
  };
}

const EMPTY = streamOf([]);
const ABC = streamOf(['a', 'b', 'c']);
const SOFT_DELETED = streamOf(['a', 'b', 'c'], { softDeleted: true, hasMetadata: true });
const TOMBSTONED = streamOf(['a'], { tombstoned: true });
const ONLY_METADATA = streamOf([], { hasMetadata: true });

describe('an append', () => {
  it.each<[string, StreamSituation, ExpectedRevision, string[], string]>([
    ['to no stream, anything expected', EMPTY, 'any', ['x'], 'write'],
    ['to no stream, none expected', EMPTY, 'noStream', ['x'], 'write'],
    ['to no stream, one expected', EMPTY, 'streamExists', ['x'], 'wrongRevision'],
    ['to no stream, a revision expected', EMPTY, 0, ['x'], 'wrongRevision'],
    ['to metadata without a stream, one expected', ONLY_METADATA, 'streamExists', ['x'], 'write'],
    ['to a stream, anything expected', ABC, 'any', ['x'], 'write'],
    ['to a stream, one expected', ABC, 'streamExists', ['x'], 'write'],
    ['to a stream, none expected', ABC, 'noStream', ['x'], 'wrongRevision'],
    ['behind its last revision', ABC, 2, ['x'], 'write'],
    ['behind an earlier revision', ABC, 1, ['x'], 'wrongRevision'],
    ['behind a later revision', ABC, 3, ['x'], 'wrongRevision'],
    ['of nothing, anything expected', ABC, 'any', [], 'write'],
    ['of nothing, behind its last revision', ABC, 2, [], 'write'],
    ['of nothing, behind an earlier revision', ABC, 1, [], 'wrongRevision'],
    ['of what is there and something more', ABC, 0, ['b', 'c', 'x'], 'wrongRevision'],
    ['of what is there, in another order', ABC, 'noStream', ['b', 'a'], 'wrongRevision'],
    ['of what is there and something more, anything expected', ABC, 'any', ['c', 'x'], 'wrongRevision'],
    ['of something more and what is there, anything expected', ABC, 'any', ['x', 'c'], 'write'],
    ['to a soft-deleted stream, anything expected', SOFT_DELETED, 'any', ['x'], 'write'],
    ['to a soft-deleted stream, none expected', SOFT_DELETED, 'noStream', ['x'], 'write'],
    ['to a soft-deleted stream, its last revision expected', SOFT_DELETED, 2, ['x'], 'write'],
    ['to a soft-deleted stream, one expected', SOFT_DELETED, 'streamExists', ['x'], 'deleted'],
    ['to a tombstoned stream', TOMBSTONED, 'any', ['x'], 'deleted'],
    ['of what is there to a tombstoned stream', TOMBSTONED, 'noStream', ['a'], 'deleted'],
  ])('%s', (_name, stream, expected, ids, decision) => {
    expect(decideAppend(expected, ids, stream).kind).toBe(decision);
  });

  it.each<[ExpectedRevision, string[], number]>([
    ['noStream', ['a', 'b'], 1],
    ['noStream', ['a', 'b', 'c'], 2],
    [0, ['b', 'c'], 2],
    [1, ['c'], 2],
    ['any', ['b'], 1],
    ['streamExists', ['b', 'c'], 2],
  ])('repeated with %p is answered as the first time (%p)', (expected, ids, lastRevision) => {
    expect(decideAppend(expected, ids, ABC)).toEqual({ kind: 'alreadyWritten', lastRevision });
  });
});

describe('a delete', () => {
  it.each<[string, StreamSituation, ExpectedRevision, string]>([
    ['of a stream, anything expected', ABC, 'any', 'delete'],
    ['of a stream, one expected', ABC, 'streamExists', 'delete'],
    ['of a stream, none expected', ABC, 'noStream', 'wrongRevision'],
    ['of a stream at its last revision', ABC, 2, 'delete'],
    ['of a stream at another', ABC, 1, 'wrongRevision'],
    ['of no stream, none expected', EMPTY, 'noStream', 'delete'],
    ['of no stream, one expected', EMPTY, 'streamExists', 'wrongRevision'],
    ['of metadata without a stream', ONLY_METADATA, 'streamExists', 'delete'],
    ['of a soft-deleted stream', SOFT_DELETED, 'any', 'deleted'],
    ['of a tombstoned stream', TOMBSTONED, 'any', 'deleted'],
  ])('%s', (_name, stream, expected, decision) => {
    expect(decideDelete(expected, stream)).toBe(decision);
  });
});
