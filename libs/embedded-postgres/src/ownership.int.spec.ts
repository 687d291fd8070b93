import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rename, rm } from 'node:fs/promises';
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

  it('is not held by a dead claim, though its process id belongs to another process now', async () => {
    const file = path.join(folder, 'killed.sock');
    const program = `require('node:net').createServer().listen(process.argv[1], () => console.log('listening'))`;
    const killed = spawn(process.execPath, ['-e', program, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(killed.stdout, 'data');
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    await rename(file, path.join(folder, `owner-${String(process.ppid)}-00000000.sock`));

    const claim = await claimOwnership(folder, folder);
    await claim.release();

    expect(await readdir(folder)).toEqual([]);
  });

  it('stays with an owner that is too busy to answer', async () => {
    const file = path.join(folder, 'owner-4711-00000000.sock');
    const program = `require('node:net').createServer().listen(process.argv[1], () => { console.log('busy'); setTimeout(() => { for (;;); }, 0); })`;
    const busy = spawn(process.execPath, ['-e', program, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await once(busy.stdout, 'data');
      await expect(claimOwnership(folder, folder)).rejects.toMatchObject({ ownerPid: 4711 });
    } finally {
      busy.kill('SIGKILL');
      await once(busy, 'exit');
    }
  });
});
