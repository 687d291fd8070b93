import { describe, expect, it } from '@jest/globals';
import { isSoftDeleted, metadataTruncatedBefore, streamOfMetadata, withMetadata } from './stream-record';

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

describe('what is kept of a stream', () => {
  it('takes its settings from its metadata, and forgets those before', () => {
    const first = withMetadata({ id: 7 }, json({ $maxCount: 3, $maxAge: 60, $tb: 2, mine: true }));
    expect(first).toEqual({ id: 7, hasMetadata: true, maxCount: 3, maxAgeSeconds: 60, truncateBefore: 2 });
    expect(withMetadata(first, json({}))).toEqual({ id: 7, hasMetadata: true });
  });

  it.each([['null'], ['[]'], ['"text"'], ['{'], ['{"$maxCount":"3","$tb":-1,"$maxAge":null}']])(
    'sets nothing by %s',
    (metadata) => {
      expect(withMetadata({ id: 7 }, Buffer.from(metadata))).toEqual({ id: 7, hasMetadata: true });
    },
  );

  it('stays tombstoned whatever its metadata says', () => {
    expect(withMetadata({ id: 7, tombstoned: true }, json({}))).toMatchObject({ tombstoned: true });
  });

  it('is soft-deleted by the greatest 64-bit integer, and by nothing less', () => {
    const deleted = metadataTruncatedBefore(json({ $maxCount: 3, $tb: 1 }), 'softDeleted');
    expect(deleted.toString()).toBe('{"$maxCount":3,"$tb":9223372036854775807}');
    expect(isSoftDeleted(withMetadata({ id: 7 }, deleted))).toBe(true);
    const truncated = metadataTruncatedBefore(deleted, 5);
    expect(truncated.toString()).toBe('{"$maxCount":3,"$tb":5}');
    expect(isSoftDeleted(withMetadata({ id: 7 }, truncated))).toBe(false);
    expect(metadataTruncatedBefore(undefined, 5).toString()).toBe('{"$tb":5}');
    expect(isSoftDeleted(undefined)).toBe(false);
  });

  it('belongs to the stream that its metadata stream names', () => {
    expect(streamOfMetadata('$$orders')).toBe('orders');
    expect(streamOfMetadata('$$$system')).toBe('$system');
    expect(streamOfMetadata('$orders')).toBeUndefined();
  });
});
