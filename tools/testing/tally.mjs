// Adds up what the tests of all projects left in .ci/out, and what else failed, to the closing line.
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const folder = '.ci/out';
const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.json')) : [];
const tallies = files.map((file) => JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')));
const failedSteps = Number(process.argv[2] ?? 0);

for (const { project, passed, failed, skipped } of tallies) {
  console.log(`${project}: ${passed} passed, ${failed} failed, ${skipped} skipped`);
}
const sum = (key) => tallies.reduce((total, tally) => total + tally[key], 0);
const passed = sum('passed');
// A step that failed without a failing test (lint, types, a suite that could not start) fails the run all the same.
const failed = Math.max(sum('failed'), failedSteps);
const skipped = sum('skipped');
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
