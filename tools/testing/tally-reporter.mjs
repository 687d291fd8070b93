import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const outputFolder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../.ci/out');

/** A Jest reporter that leaves how many tests of a project passed, failed and were skipped in .ci/out. */
export default class TallyReporter {
  constructor(_globalConfig, options) {
    this.project = options.project;
  }

  onRunComplete(_contexts, results) {
    const tally = {
      project: this.project,
      passed: results.numPassedTests,
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests + results.numTodoTests,
    };
    mkdirSync(outputFolder, { recursive: true });
    writeFileSync(path.join(outputFolder, `${this.project}.json`), `${JSON.stringify(tally)}\n`);
  }
}
