import { jestConfigOf } from '../../../jest.preset.mjs';

/** Browser and server share the processor: one file after the other, with patience. */
export default { ...jestConfigOf('console-e2e'), testTimeout: 300_000, maxWorkers: 1 };
