// How long effective limits take over GraphQL, beside a request for nothing ({ __typename }) in the same run.
import { BookServer } from './book-server';
import { rounded, say, timingOf } from './timing';

const ROUNDS = Number(process.argv[2] ?? 300);
const WARM_UP_ROUNDS = Math.ceil(ROUNDS / 6);
const CHARGERS = 100;
const MOVES = 20;
const BUILT = '2025-01-01T00:00:00.000Z';
const YEAR = { from: '2025-01-02T00:00:00.000Z', to: '2026-01-02T00:00:00.000Z' };
const DAY_MS = 86_400_000;

const LIMIT = `amps offeredAmps phases behaviour binding unknownSources blockers nextChangeAt explanation
  sources { kind amps { l1 l2 l3 } inForce endedBy endedAt binding volatile axis ofId setBy since until }`;

type Ask = BookServer['ask'];

const server = await BookServer.start();
try {
  const ask: Ask = (query, variables) => server.ask(query, variables);
  await tellFleet(ask);
  await measure(ask);
} finally {
  await server.stop();
}

async function tellFleet(ask: Ask): Promise<void> {
  const tell = async (name: string, input: string, at = BUILT) => {
    const answer = await ask(
      `mutation { ${name}(input: ${input}, options: { occurredAt: "${at}" }) { __typename ... on Rejection { message } } }`,
    );
    if (!answer.includes('"Receipt"')) throw new Error(answer);
  };
  await tell('registerSite', '{ id: "S", name: "Harbour", timeZone: "Europe/Oslo", ratedCurrentAmps: 400 }');
  for (let line = 0; line < CHARGERS / 10; line += 1) {
    await tell('addCircuit', `{ id: "K${String(line)}", site: "S", fuseRatingAmps: 63 }`);
    await tell('setMaxCircuitCurrent', `{ circuit: "K${String(line)}", amps: { l1: 50, l2: 50, l3: 50 } }`);
  }
  for (let number = 0; number < CHARGERS; number += 1) {
    const [serial, line] = [`X${String(number)}`, `K${String(Math.floor(number / 10))}`];
    await tell('installBackplate', `{ id: "B${String(number)}", circuit: "${line}" }`);
    await tell('registerCharger', `{ serial: "${serial}", ratedCurrentAmps: 32 }`);
    await tell('mountCharger', `{ charger: "${serial}", backplate: "B${String(number)}" }`);
    await tell('setMaxChargerCurrent', `{ charger: "${serial}", amps: 25 }`);
    if (number % 10 === 0)
      await tell('designatePrimaryBackplate', `{ circuit: "${line}", backplate: "B${String(number)}" }`);
  }
  for (let line = 0; line < CHARGERS / 10; line += 1)
    await tell(
      'setDynamicCircuitCurrent',
      `{ circuit: "K${String(line)}", amps: { l1: 40, l2: 40, l3: 40 } }`,
    );
  await tell('installBackplate', '{ id: "spare", circuit: "K1" }');
  await tell(
    'setChargePlan',
    '{ charger: "X0", kind: RECURRING, windows: [{ start: "22:00", stop: "06:00", limitAmps: 20 }] }',
  );
  for (let move = 0; move < MOVES; move += 1) {
    const at = new Date(Date.parse(YEAR.from) + (move + 1) * 17 * DAY_MS).toISOString();
    await tell('relocateCharger', `{ charger: "X0", backplate: "${move % 2 === 0 ? 'spare' : 'B0'}" }`, at);
  }
}

async function measure(ask: Ask): Promise<void> {
  const timeline = (fields: string) => `query ($from: DateTime!, $to: DateTime!) { charger(serial: "X0") {
    limitTimeline(from: $from, to: $to) { from to amps offeredAmps behaviour binding ${fields} } } }`;
  const asked: Record<string, () => Promise<string>> = {
    'nothing ({ __typename })': () => ask('{ __typename }'),
    'effectiveLimit of a charger, whole': () =>
      ask(`{ charger(serial: "X5") { effectiveLimit { ${LIMIT} } } }`),
    'effectiveLimit of the 100 chargers of a site': () =>
      ask(
        `{ site(id: "S") { chargers(first: 100) { nodes { effectiveLimit { amps offeredAmps behaviour binding explanation nextChangeAt } } } } }`,
      ),
    'the same, whole': () =>
      ask(`{ site(id: "S") { chargers(first: 100) { nodes { effectiveLimit { ${LIMIT} } } } } }`),
    'a year of limitTimeline, nightly plan, 20 moves': () => ask(timeline(''), YEAR),
    'the same with all sources': () => ask(timeline('sources { kind amps { l1 l2 l3 } from to }'), YEAR),
  };
  const took = new Map<string, number[]>();
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    for (const [name, send] of Object.entries(asked)) {
      const beganMs = performance.now();
      await send();
      if (round >= 0) took.set(name, [...(took.get(name) ?? []), performance.now() - beganMs]);
    }
  }
  const timings = [...took].map(([name, each]) => timingOf(name, each));
  const base = timings[0]?.medianMs ?? NaN;
  for (const { name, medianMs, p99Ms } of timings)
    say(
      `${name}: median ${rounded(medianMs)} ms, p99 ${rounded(p99Ms)} ms, ${rounded(medianMs / base)} times nothing`,
    );
}
