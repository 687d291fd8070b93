/**
 * Runs the contract of the event store against the one that EVENTSTORE_URL names: `npm run test:eventstore`. Ends with 2 when
 * none is named, so that nobody takes a run without a store for one that passed.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

if (!process.env.EVENTSTORE_URL) {
  process.stderr.write(
    'EVENTSTORE_URL names no event store, so there is nothing to try. For example:\n' +
      "  EVENTSTORE_URL='esdb://localhost:2113?tls=false' npm run test:eventstore\n",
  );
  process.exit(2);
}
const { status } = spawnSync(
  process.execPath,
  [
    ...['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', '--runInBand'],
    ...['-c', 'libs/event-store/jest.config.mjs', '--reporters', 'default', '--verbose', 'address.contract'],
  ],
  { cwd: root, stdio: 'inherit' },
);
process.exitCode = status ?? 1;
