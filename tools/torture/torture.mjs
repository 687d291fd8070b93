/**
 * Runs the scenarios of the torture: the tests of faults with numbers that no test run has time for, and a seed that
 * reproduces. Ends with 1 when a scenario found a violation.
 */
import { spawn, spawnSync } from 'node:child_process';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';

const EVENT_STORE = { project: 'libs/embedded-eventstore' };
const FAULTS = { project: 'apps/server', pattern: 'faults/faults' };

/** The tests that each scenario runs: in which project and file, and by which names. */
const SCENARIOS = {
  wires: { ...FAULTS, tests: 'with wires', does: '20,000 commands through disturbed wires' },
  engines: {
    ...FAULTS,
    tests: 'with engines',
    does: 'event store and PostgreSQL killed, paused, cut off, while commands and queries run',
  },
  mounts: {
    ...FAULTS,
    tests: 'with mounts',
    does: '200 concurrent mounts on few backplates from two processes',
  },
  crashes: {
    ...FAULTS,
    tests: 'with crashes',
    does: 'kill -9 at every step of a move, a swap and a ring of moves',
  },
  disk: { ...FAULTS, tests: 'with a disk', does: 'a disk that is full and then has room' },
  'engine-crashes': {
    ...EVENT_STORE,
    pattern: 'durability',
    tests: 'has lost nothing',
    does: '1,000 times kill -9 of the embedded event store under six writers',
  },
  'engine-model': {
    ...EVENT_STORE,
    pattern: 'model',
    tests: '',
    does: '2,000 random sequences of all operations of the embedded event store, beside a model',
  },
  overload: {
    project: 'apps/server',
    pattern: 'faults/overload',
    tests: '',
    does: 'ten times as many queries a second as the server has just carried, for half a minute',
  },
  documents: {
    project: 'apps/server',
    pattern: 'fuzz',
    tests: '',
    does: '100,000 random documents, valid and broken: nothing fails inside, the heap does not grow',
  },
  policy: {
    project: 'libs/domain',
    pattern: 'access/policy',
    tests: '',
    does: '1,000,000 random questions to the policy, and to a naive one',
  },
  histories: {
    project: 'libs/read-models',
    pattern: 'two-clocks',
    tests: '',
    does: '10,000 random histories in shuffled orders of arrival',
  },
  bundles: {
    project: 'libs/verifier',
    pattern: 'verify',
    tests: 'tampered with',
    does: '10,000 bundles in which one byte is another, found by their own script',
  },
  tamperings: {
    project: 'libs/read-models',
    pattern: 'ledger/tamperings',
    tests: '',
    does: '10,000 tamperings of an event store, and 10,000 of entries, in memory, found by a witness',
  },
  rows: {
    project: 'libs/read-models',
    pattern: 'row-tamperings',
    tests: '',
    does: '10,000 rows of read models that somebody has changed, found by making them anew',
  },
};

const USAGE = `npm run torture [-- --seed N --minutes M --scale S --only NAME --built]
  --seed N     what is left to chance follows from it (default: another one each time)
  --minutes M  goes through all again, with the next seed, until so many minutes are over
  --scale S    the part of the full numbers, such as 0.1 (default: 1)
  --only NAME  one of ${Object.keys(SCENARIOS).join(', ')}
  --built      dist/ is up to date: build nothing
`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    minutes: { type: 'string', default: '0' },
    scale: { type: 'string', default: '1' },
    only: { type: 'string' },
    built: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const firstSeed = Number(values.seed ?? Date.now() % 1_000_000_000);
const [minutes, scale] = [Number(values.minutes), Number(values.scale)];
const names = values.only == null ? Object.keys(SCENARIOS) : [values.only];
if (
  values.help ||
  names.some((name) => !(name in SCENARIOS)) ||
  !(scale > 0) ||
  !(minutes >= 0) ||
  !Number.isInteger(firstSeed)
) {
  process.stderr.write(USAGE);
  process.exit(values.help ? 0 : 2);
}

if (!values.built) {
  const build = ['nx', 'run-many', '-t', 'build', '-p', 'server,cli,embedded-eventstore'];
  if (spawnSync('npx', build, { stdio: 'inherit' }).status !== 0) process.exit(1);
}

const untilMs = Date.now() + minutes * 60_000;
const failed = [];
for (let seed = firstSeed; seed === firstSeed || Date.now() < untilMs; seed += 1) {
  for (const name of names) if (!(await run(name, seed))) failed.push(`--only ${name} --seed ${seed}`);
}
if (failed.length > 0) {
  process.stdout.write(
    `violations; to see them again:\n${failed.map((each) => `  npm run torture -- ${each} --scale ${scale}\n`).join('')}`,
  );
  process.exitCode = 1;
}

/** @returns whether nothing was violated */
async function run(name, seed) {
  const { project, pattern, tests, does } = SCENARIOS[name];
  process.stdout.write(`${name}: ${does}; seed ${seed}, scale ${scale}\n`);
  const startedMs = Date.now();
  const child = spawn(
    process.execPath,
    [
      ...['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', '--runInBand'],
      ...['-c', `${project}/jest.config.mjs`, '--reporters', 'default', '-t', tests, pattern],
    ],
    {
      env: { ...process.env, TORTURE_SEED: String(seed), TORTURE_SCALE: String(scale) },
      stdio: ['ignore', 'inherit', 'pipe'],
    },
  );
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (said += text));
  const code = await new Promise((resolve) => child.on('close', resolve));
  const seconds = Math.round((Date.now() - startedMs) / 1000);
  const [load = 0] = loadavg();
  if (code !== 0) process.stdout.write(said);
  process.stdout.write(
    `${name}: ${code === 0 ? 'held' : 'VIOLATED'} after ${seconds} s, load ${load.toFixed(1)}\n`,
  );
  return code === 0;
}
