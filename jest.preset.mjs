import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(fileURLToPath(import.meta.url));
const { compilerOptions } = JSON.parse(readFileSync(path.join(root, 'tsconfig.base.json'), 'utf8'));

/** Jest takes the libraries' names from the one list in tsconfig.base.json. */
const moduleNameMapper = Object.fromEntries(
  Object.entries(compilerOptions.paths).map(([name, [file]]) => [`^${name}$`, path.join(root, file)]),
);

/**
 * The Jest configuration of a project: native ES modules, TypeScript through swc, and a tally of what ran.
 *
 * @param {string} project the project's Nx name
 */
export function jestConfigOf(project) {
  return {
    displayName: project,
    testEnvironment: 'node',
    extensionsToTreatAsEsm: ['.ts'],
    moduleFileExtensions: ['ts', 'js', 'mjs', 'json', 'node'],
    moduleNameMapper,
    testMatch: ['**/*.spec.ts'],
    transform: {
      '^.+\\.ts$': [
        '@swc/jest',
        {
          swcrc: false,
          jsc: {
            target: 'es2022',
            parser: { syntax: 'typescript', decorators: true },
            transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
            keepClassNames: true,
          },
          module: { type: 'es6' },
          sourceMaps: 'inline',
        },
      ],
    },
    setupFiles: [path.join(root, 'tools/testing/property-seed.mjs')],
    testTimeout: 60_000,
    maxWorkers: 2,
    reporters: ['default', [path.join(root, 'tools/testing/tally-reporter.mjs'), { project }]],
  };
}
