import { jestConfigOf } from '../../jest.preset.mjs';

/** Each file starts servers of its own, which takes its time where others want the processor too. */
export default { ...jestConfigOf('server'), testTimeout: 120_000 };
