import { afterAll, beforeAll, describe } from '@jest/globals';
import { cleanUp } from '../server-process.fixtures';
import { struckEngines } from './blows.fixtures';
import { crashesInMoves } from './crashes.fixtures';
import type { Testbed } from './engines-apart.fixtures';
import { EnginesApart } from './engines-apart.fixtures';
import { fullDisk } from './full-disk.fixtures';
import { contendedMounts } from './mounts.fixtures';
import { patienceMs } from './scale.fixtures';
import { disturbedWires } from './wires.fixtures';

/** One server for all of them: what it has suffered before must not show. */
describe('a server', () => {
  let testbed: Testbed;

  beforeAll(async () => {
    const engines = await EnginesApart.start();
    testbed = { engines, server: await engines.process() };
  }, patienceMs);

  afterAll(async () => {
    await cleanUp();
    await testbed.engines.stop();
  }, patienceMs);

  describe('with wires', () => {
    disturbedWires(() => testbed);
  });
  describe('with engines', () => {
    struckEngines(() => testbed);
  });
  describe('with mounts', () => {
    contendedMounts(() => testbed);
  });
  describe('with crashes', () => {
    crashesInMoves(() => testbed);
  });
  describe('with a disk', () => {
    fullDisk(() => testbed);
  });
});
