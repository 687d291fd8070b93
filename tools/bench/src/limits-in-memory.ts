// How many effective limits can be told in a second from facts in memory, each with its whole explanation, and how long
// the timeline of a year takes. Beside them what this machine does with a plain loop over objects, for comparing machines.
import type { DomainEvent, EffectiveFact, LimitKnowledge } from '@chargebook/domain';
import { effectiveLimit, instantOf, limitTimeline } from '@chargebook/domain';
import { rounded, say, timingOf } from './timing';

const RUNS = Number(process.argv[2] ?? 7);
const BEGAN_MS = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const RUN_MS = 1_000;
const MOVES = 20;

const facts: { readonly thing: string; readonly fact: EffectiveFact }[] = [];
const stays: { backplate: string; charger: string; from: string; until?: string }[] = [];

function tell(thing: string, event: DomainEvent, atMs = BEGAN_MS): void {
  const order = facts.length + 1;
  const fact = {
    ...event,
    eventId: `fact-${String(order)}`,
    schemaVersion: 1,
    stream: thing,
    revision: order,
    bookOrder: order,
    metadata: {
      occurredAt: instantOf(atMs),
      recordedAt: instantOf(atMs),
      actor: { kind: 'OPERATOR', id: 'office' },
      channel: 'PARTNER_API',
      commandId: `command-${String(order)}`,
      inputHash: '',
      correlationId: '',
      causationId: '',
    },
  } as unknown as EffectiveFact;
  facts.push({ thing, fact });
}

function knowledge(charger: string): LimitKnowledge {
  const byThing = new Map<string, EffectiveFact[]>();
  for (const { thing, fact } of facts) byThing.set(thing, [...(byThing.get(thing) ?? []), fact]);
  return {
    charger,
    factsOf: (scope, id) => byThing.get(`${scope} ${id}`) ?? [],
    placementsOn: (backplate) => stays.filter((stay) => stay.backplate === backplate),
  };
}

function hang(charger: string, backplate: string, fromMs: number, untilMs?: number): void {
  tell(`charger ${charger}`, { type: 'ChargerMounted', data: { charger, backplate } }, fromMs);
  stays.push({
    charger,
    backplate,
    from: instantOf(fromMs),
    until: untilMs == null ? undefined : instantOf(untilMs),
  });
  if (untilMs == null) return;
  const data = { charger, backplate, destination: 'TRANSIT' } as const;
  tell(`charger ${charger}`, { type: 'ChargerDismounted', data }, untilMs);
}

const perPhase = (amps: number) => ({ l1: amps, l2: amps, l3: amps });

/** A site with a circuit in a circuit, all values set; X charges by a nightly plan, P carries the circuit's value. */
function tellFleet(): void {
  const site = {
    site: 'S',
    name: 'Harbour',
    timeZone: 'Europe/Oslo',
    gridType: 'TN',
    operator: 'default',
  } as const;
  tell('site S', { type: 'SiteRegistered', data: { ...site, ratedCurrentAmps: 160 } });
  tell('circuit M', { type: 'CircuitAdded', data: { circuit: 'M', site: 'S', fuseRatingAmps: 125 } });
  tell('circuit K', {
    type: 'CircuitAdded',
    data: { circuit: 'K', site: 'S', fuseRatingAmps: 63, parent: 'M' },
  });
  tell('circuit K', { type: 'MaxCircuitCurrentSet', data: { circuit: 'K', amps: perPhase(50) } });
  tell('circuit K', { type: 'OfflineFallbackCurrentSet', data: { circuit: 'K', amps: perPhase(8) } });
  for (const backplate of ['BP', 'BX', 'BY'])
    tell(`backplate ${backplate}`, { type: 'BackplateInstalled', data: { backplate, circuit: 'K' } });
  tell('circuit K', { type: 'PrimaryBackplateDesignated', data: { circuit: 'K', backplate: 'BP' } });
  for (const charger of ['P', 'X', 'Y']) {
    const unit = {
      charger,
      productLine: 'HOME',
      protocol: 'NATIVE',
      phaseMode: 'AUTO',
      operator: 'default',
    } as const;
    tell(`charger ${charger}`, { type: 'ChargerRegistered', data: { ...unit, ratedCurrentAmps: 32 } });
  }
  hang('P', 'BP', BEGAN_MS);
  tell('charger X', { type: 'MaxChargerCurrentSet', data: { charger: 'X', amps: 25 } });
  const windows = [{ start: '22:00', stop: '06:00', limitAmps: 20, weekdays: [] }];
  const plan = { charger: 'X', kind: 'RECURRING', timeZone: 'Europe/Oslo', enabled: true, windows } as const;
  tell('charger X', { type: 'ChargePlanSet', data: plan });
  const set = { circuit: 'K', amps: perPhase(40), carrier: 'P', backplate: 'BP' };
  tell('circuit K', { type: 'DynamicCircuitCurrentSet', data: set }, BEGAN_MS + HOUR_MS);
}

/** Half of its moves lie in the year that the timeline tells of as well as the others. */
function tellMoves(): void {
  const stayMs = Math.floor((365 * DAY_MS) / MOVES);
  for (let move = 0; move < MOVES; move += 1) {
    const fromMs = BEGAN_MS + move * stayMs;
    hang('X', move % 2 === 0 ? 'BX' : 'BY', fromMs, move === MOVES - 1 ? undefined : fromMs + stayMs);
  }
}

/** How often something can be done in a second of the processor's time: what else the machine does matters less. */
function perSecond(run: (round: number) => unknown): number {
  let count = 0;
  const began = process.cpuUsage();
  for (let spent = 0; spent < RUN_MS; spent = cpuMsSince(began))
    for (let each = 0; each < 100; each += 1) kept = run((count += 1));
  return (count / cpuMsSince(began)) * 1_000;
}

function cpuMsSince(began: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1_000;
}

/** What is worked out is kept, so that it cannot be left out. */
let kept: unknown;

const plainLoop = Array.from({ length: 100 }, (_, number) => ({ number, name: String(number) }));

tellFleet();
hang('X', 'BX', BEGAN_MS);
tell('charger X', { type: 'SessionStarted', data: { charger: 'X', session: 'now' } }, BEGAN_MS + 2 * HOUR_MS);
tell(
  'charger X',
  { type: 'DynamicChargerCurrentSet', data: { charger: 'X', amps: 16, timeToLiveSeconds: 86_400 * 300 } },
  BEGAN_MS + 3 * HOUR_MS,
);
const charging = knowledge('X');
const instants = Array.from({ length: 1_000 }, (_, hour) => instantOf(BEGAN_MS + (5 + hour) * HOUR_MS));
const limits: number[] = [];
const loops: number[] = [];
for (let run = 0; run <= RUNS; run += 1) {
  loops.push(perSecond(() => plainLoop.filter(({ name }) => name.endsWith('7')).map(({ number }) => number)));
  limits.push(perSecond((round) => effectiveLimit(charging, instants[round % instants.length] ?? '')));
}
const [limit, loop] = [timingOf('limits', limits.slice(1)), timingOf('loops', loops.slice(1))];
say(`effective limit with its explanation: ${rounded(limit.medianMs)} a second of CPU`);
say(
  `a filter and a map over 100 objects:  ${rounded(loop.medianMs)} a second, ratio ${rounded(limit.medianMs / loop.medianMs)}`,
);

facts.length = 0;
stays.length = 0;
tellFleet();
tellMoves();
const moving = knowledge('X');
const [from, to] = [instantOf(BEGAN_MS), instantOf(BEGAN_MS + 365 * DAY_MS)];
const took = Array.from({ length: 200 }, () => {
  const began = process.cpuUsage();
  kept = limitTimeline(moving, from, to);
  return cpuMsSince(began);
});
const { medianMs, p99Ms } = timingOf('timeline', took.slice(20));
say(
  `a year's timeline, nightly plan, ${String(MOVES)} moves, ${String((kept as object[]).length)} segments: median ${rounded(medianMs)} ms, p99 ${rounded(p99Ms)} ms`,
);
