import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { claimOwnership } from './ownership';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'chargebook-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the ownership of a folder', () => {
  it('is one claim at a time, and free again when released', async () => {
    const first = await claimOwnership(folder, folder);
    await expect(claimOwnership(folder, folder)).rejects.toMatchObject({
      code: 'POSTGRES_IN_USE',
      ownerPid: process.pid,
    });
    await first.release();

    const second = await claimOwnership(folder, folder);
    await second.release();

    expect(await readdir(folder)).toEqual([]);
  });

  it('goes to exactly one of many contenders, whatever their order', async () => {
    for (let round = 0; round < 20; round += 1) {
      const claims = await Promise.allSettled(
        Array.from({ length: 5 }, () => claimOwnership(folder, folder)),
      );
      const owners = claims.flatMap((claim) => (claim.status === 'fulfilled' ? [claim.value] : []));
      expect(owners).toHaveLength(1);
      await owners[0]!.release();
    }
  });
});
