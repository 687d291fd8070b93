import { describe, expect, it } from '@jest/globals';
import type { UpcasterTable } from './upcasting';
import { currentSchemaVersion, EVENT_TYPES, upcast } from './upcasting';

/** A type whose amps were once a text, and once without a name for their unit. */
const table: UpcasterTable = {
  FuseSet: [({ fuse }) => ({ fuse: Number(fuse) }), ({ fuse }) => ({ fuseAmps: fuse })],
  Broken: [
    () => {
      throw new Error('no such field');
    },
  ],
};

describe('upcasting', () => {
  it.each<[version: number, data: Record<string, unknown>]>([
    [1, { fuse: '16' }],
    [2, { fuse: 16 }],
    [3, { fuseAmps: 16 }],
  ])('brings data of version %d to the present one', (version, data) => {
    expect(upcast('FuseSet', version, data, table)).toStrictEqual({
      schemaVersion: 3,
      data: { fuseAmps: 16 },
    });
  });

  it('refuses a version that this program does not know yet', () => {
    expect(() => upcast('FuseSet', 4, {}, table)).toThrow(
      'schema version 4 is newer than 3, the newest known',
    );
  });

  it('refuses an unknown type', () => {
    expect(() => upcast('FuseBlown', 1, {}, table)).toThrow('unknown event type');
  });

  it('says what a step says', () => {
    expect(() => upcast('Broken', 1, {}, table)).toThrow('no such field');
  });

  it('knows a version of every type', () => {
    expect(EVENT_TYPES.map(currentSchemaVersion).every((version) => version >= 1)).toBe(true);
    expect(EVENT_TYPES).toContain('ChargerMounted');
  });
});
