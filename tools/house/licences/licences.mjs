// The licences of everything that the server and the command line bring with them, from the lockfile.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Licences that ask for no more than to be named. */
const PERMISSIVE = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'ISC', 'MIT'];

/** Packages that say in a file of theirs what they do not say in their description, and that was read. */
const READ_FROM_FILE = { 'png-js': 'MIT' };

/** Name, version and licence of every package that is needed to run. */
export function runtimePackages(root) {
  const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  const found = Object.entries(packages)
    .filter(([folder, told]) => folder.includes('node_modules/') && !told.dev && !told.link)
    .map(([folder, { version, license }]) => {
      const name = folder.replace(/^.*node_modules\//, '');
      return { name, version, licence: license ?? READ_FROM_FILE[name] ?? 'unknown' };
    });
  const lines = new Map(found.map((one) => [`${one.name}@${one.version}`, one]));
  return [...lines.values()].sort((a, b) => (`${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1));
}

/** Whether a licence, or each of several that hold together, is permissive. */
export function isPermissive(licence) {
  const parts = licence.replace(/[()]/g, '').split(/ (AND|OR) /);
  const names = parts.filter((part) => part !== 'AND' && part !== 'OR');
  const isOr = parts.includes('OR') && !parts.includes('AND');
  return isOr
    ? names.some((name) => PERMISSIVE.includes(name))
    : names.every((name) => PERMISSIVE.includes(name));
}

/** The list as a page. */
export function licencesPage(packages) {
  const counts = new Map();
  for (const { licence } of packages) counts.set(licence, (counts.get(licence) ?? 0) + 1);
  const totals = [...counts].sort(([, a], [, b]) => b - a).map(([licence, count]) => `${licence} (${count})`);
  return [
    '# Licences',
    '',
    'Everything that the server and the command line bring with them, made by `node tools/house/licences/print.mjs` from the lockfile.',
    '',
    `${packages.length} packages: ${totals.join(', ')}.`,
    '',
    ...packages.map(({ name, version, licence }) => `- ${name} ${version}: ${licence}`),
    '',
  ].join('\n');
}

/** Whether a package that does not say its licence has a file that does. */
export function hasLicenceFile(root, name) {
  const folder = path.join(root, 'node_modules', name);
  return existsSync(folder) && readdirSync(folder).some((file) => /^(licen[cs]e|copying)/i.test(file));
}

export { READ_FROM_FILE };
