import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  hasLicenceFile,
  isPermissive,
  licencesPage,
  READ_FROM_FILE,
  runtimePackages,
} from '../licences/licences.mjs';

const root = path.resolve(import.meta.dirname, '../../..');
const packages = runtimePackages(root);

describe('licences of what is needed to run', () => {
  it('are permissive, every one', () => {
    expect(packages.length).toBeGreaterThan(100);
    expect(packages.filter(({ licence }) => !isPermissive(licence))).toEqual([]);
  });

  it('are listed in docs/licences.md (node tools/house/licences/print.mjs)', () => {
    expect(readFileSync(path.join(root, 'docs/licences.md'), 'utf8')).toBe(licencesPage(packages));
  });

  it('stand in a file where the description says none', () => {
    expect(Object.keys(READ_FROM_FILE).filter((name) => !hasLicenceFile(root, name))).toEqual([]);
  });

  it.each([
    ['MIT', true],
    ['(MIT AND BSD-3-Clause)', true],
    ['(GPL-3.0 OR MIT)', true],
    ['(GPL-3.0 AND MIT)', false],
    ['AGPL-3.0', false],
    ['unknown', false],
  ])('%s is permissive: %s', (licence, expected) => {
    expect(isPermissive(licence)).toBe(expected);
  });
});
