import { jestConfigOf } from '../../jest.preset.mjs';

/** What needs no browser: layouts, wall times, pasted lists. */
export default { ...jestConfigOf('console'), roots: ['<rootDir>/src'] };
