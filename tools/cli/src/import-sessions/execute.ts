import type { BookClient, Command, Observation, Outcome } from '../book-client';
import { concurrently, inChunks } from './concurrently';
import { commandIdOf } from './ids';
import type { Missing, Move, Plan, Step } from './plan';
import type { Reject, SessionRow } from './session-row';

export type ExecutionOptions = {
  /** Observations in one request, at most 500. */
  batchSize: number;
  /** Requests under way at once. */
  concurrency: number;
  /** Given to the sites that are registered. */
  siteTimeZone: string;
  /** Called with the number of sessions settled since the last call. */
  onSettled: (count: number) => void;
};

/** What came of a plan; filled while it is carried out, so that it is right also when that breaks off. */
export type Execution = {
  recordedCount: number;
  /** Mounts at another place than the charger's one before. */
  relocationCount: number;
  rejects: Reject[];
  registered: { sites: number; circuits: number; backplates: number; chargers: number };
  /** Notices of the book by code, such as a car on a charger that hangs nowhere. */
  notices: Map<string, number>;
};

/** Nothing done yet; further rejects are added to the given ones. */
export function emptyExecution(rejects: Reject[] = []): Execution {
  const registered = { sites: 0, circuits: 0, backplates: 0, chargers: 0 };
  return { recordedCount: 0, relocationCount: 0, rejects, registered, notices: new Map() };
}

const commandsPerRequest = 20;
const firstSeen = 'First seen in imported sessions';
const turnedUp = 'Turned up here in imported sessions';
const replaced = 'Another charger turned up here in imported sessions';

type Refusal = Extract<Outcome, { accepted: false }>;

/** Carries a plan out: first what is missing, then the lanes side by side, each strictly in its order. */
export async function execute(
  plan: Plan,
  book: BookClient,
  options: ExecutionOptions,
  result: Execution,
): Promise<void> {
  const executor = new Executor(book, options, result);
  await executor.register(plan.missing);
  await concurrently(inGroups(plan.lanes, options.concurrency), options.concurrency, (lanes) =>
    executor.runLanes(lanes),
  );
}

/** Deals the lanes out into groups of about the same length; the members of a group share its requests. */
function inGroups(lanes: Step[][], groupCount: number): Step[][][] {
  const groups = Array.from({ length: groupCount }, () => ({ stepCount: 0, lanes: [] as Step[][] }));
  for (const lane of lanes.toSorted((a, b) => b.length - a.length)) {
    const shortest = groups.reduce((a, b) => (b.stepCount < a.stepCount ? b : a));
    shortest.lanes.push(lane);
    shortest.stepCount += lane.length;
  }
  return groups.map((group) => group.lanes);
}

class Executor {
  /** Why a thing could not be registered or moved, so that what depends on it is rejected with the same words. */
  private readonly refusals = new Map<string, Refusal>();

  constructor(
    private readonly book: BookClient,
    private readonly options: ExecutionOptions,
    private readonly result: Execution,
  ) {}

  async register({ sites, circuits, backplates, chargers }: Missing): Promise<void> {
    const { registered } = this.result;
    const timeZone = this.options.siteTimeZone;
    registered.sites = await this.registerEach([...sites], ([id, { name, sinceMs }]) => ({
      thing: `site ${id}`,
      command: {
        mutation: 'registerSite',
        input: { id, name, timeZone },
        options: optionsOf('site', id, sinceMs),
      },
    }));
    registered.circuits = await this.registerEach([...circuits], ([id, { site, sinceMs }]) => ({
      thing: `circuit ${id}`,
      needs: `site ${site}`,
      command: { mutation: 'addCircuit', input: { id, site }, options: optionsOf('circuit', id, sinceMs) },
    }));
    registered.backplates = await this.registerEach([...backplates], ([id, { circuit, label, sinceMs }]) => ({
      thing: `backplate ${id}`,
      needs: `circuit ${circuit}`,
      command: {
        mutation: 'installBackplate',
        input: { id, circuit, label },
        options: optionsOf('backplate', id, sinceMs),
      },
    }));
    registered.chargers = await this.registerEach([...chargers], ([serial, { sinceMs }]) => ({
      thing: `charger ${serial}`,
      command: {
        mutation: 'registerCharger',
        input: { serial },
        options: optionsOf('charger', serial, sinceMs),
      },
    }));
  }

  /** Registers things of one kind and counts those that were not there before. */
  private async registerEach<T>(
    things: T[],
    describe: (thing: T) => { thing: string; needs?: string; command: Command },
  ): Promise<number> {
    const registrations = things.map(describe).filter(({ thing, needs }) => {
      const refusal = this.refusals.get(needs ?? '');
      if (refusal != null) this.refusals.set(thing, refusal);
      return refusal == null;
    });
    let count = 0;
    await concurrently(
      inChunks(registrations, commandsPerRequest),
      this.options.concurrency,
      async (some) => {
        const outcomes = await this.book.command(some.map(({ command }) => command));
        for (const [i, { thing }] of some.entries()) {
          const outcome = outcomes[i] ?? noOutcome;
          if (outcome.accepted) {
            count++;
            this.noteNotices(outcome.notices);
          } else if (!isThereAlready(outcome)) this.refusals.set(thing, outcome);
        }
      },
    );
    return count;
  }

  /** Takes the lanes' steps in rounds: the moves that are next, then sessions up to each lane's next move. */
  async runLanes(lanes: Step[][]): Promise<void> {
    const queues = lanes.map((steps) => ({ steps, next: 0 }));
    const sessionsPerBatch = Math.max(1, Math.floor(this.options.batchSize / 2));
    for (;;) {
      const moves: Move[] = [];
      const rows: SessionRow[] = [];
      for (const queue of queues) {
        for (let step = queue.steps[queue.next]; step?.kind === 'MOVE'; step = queue.steps[++queue.next])
          moves.push(step);
        for (let step = queue.steps[queue.next]; step?.kind === 'SESSION'; step = queue.steps[++queue.next]) {
          if (rows.length === sessionsPerBatch) break;
          rows.push(step.row);
        }
      }
      if (moves.length === 0 && rows.length === 0) return;
      await this.move(moves);
      await this.record(rows);
    }
  }

  private async move(moves: Move[]): Promise<void> {
    const possible = moves.filter((move) => {
      const refusal =
        this.refusals.get(`charger ${move.charger}`) ?? this.refusals.get(`backplate ${move.backplate}`);
      if (refusal != null) this.refusals.set(`place of ${move.charger}`, refusal);
      return refusal == null;
    });
    const outcomes = possible.length === 0 ? [] : await this.book.command(possible.map(moveCommand));
    for (const [i, move] of possible.entries()) {
      const outcome = outcomes[i] ?? noOutcome;
      if (outcome.accepted) {
        this.refusals.delete(`place of ${move.charger}`);
        if (move.relocates) this.result.relocationCount++;
        this.noteNotices(outcome.notices);
      } else if (move.how !== 'DISMOUNT') this.refusals.set(`place of ${move.charger}`, outcome);
    }
  }

  private async record(rows: SessionRow[]): Promise<void> {
    const possible = rows.filter((row) => {
      const refusal =
        this.refusals.get(`charger ${row.charger}`) ?? this.refusals.get(`place of ${row.charger}`);
      if (refusal != null) this.reject(row, refusal, '');
      return refusal == null;
    });
    const observations = possible.flatMap(observationsOf);
    const outcomes = observations.length === 0 ? [] : await this.book.recordObservations(observations);
    for (const [i, row] of possible.entries()) {
      const [connected, disconnected] = [outcomes[2 * i] ?? noOutcome, outcomes[2 * i + 1] ?? noOutcome];
      for (const outcome of [connected, disconnected])
        if (outcome.accepted) this.noteNotices(outcome.notices);
      const ended = disconnected.accepted ? 'the start is refused, the end is recorded alone: ' : '';
      if (!connected.accepted) this.reject(row, connected, ended);
      else if (!disconnected.accepted)
        this.reject(row, disconnected, 'the start is recorded, the end is not: ');
      else this.result.recordedCount++;
    }
    this.options.onSettled(rows.length);
  }

  private reject(row: SessionRow, refusal: Refusal, prefix: string): void {
    const { line, text } = row;
    this.result.rejects.push({ line, text, reason: refusal.code, message: prefix + refusal.message });
  }

  private noteNotices(codes: string[]): void {
    const { notices } = this.result;
    for (const code of codes) notices.set(code, (notices.get(code) ?? 0) + 1);
  }
}

const noOutcome: Outcome = { accepted: false, code: 'NO_ANSWER', message: 'the book gave no outcome' };

/** An earlier import has registered it, perhaps from a file that shows it first at another time. */
function isThereAlready(refusal: Refusal): boolean {
  return refusal.code === 'ALREADY_EXISTS' || refusal.code === 'IDEMPOTENCY_KEY_REUSED';
}

function optionsOf(kind: string, id: string, sinceMs: number): Command['options'] {
  return { commandId: commandIdOf(kind, id), occurredAt: new Date(sinceMs).toISOString(), reason: firstSeen };
}

function moveCommand({ how, charger, backplate, atMs }: Move): Command {
  const commandId = commandIdOf(how.toLowerCase(), charger, backplate, atMs);
  const occurredAt = new Date(atMs).toISOString();
  if (how === 'DISMOUNT') {
    const options = { commandId, occurredAt, reason: replaced };
    return { mutation: 'dismountCharger', input: { charger, destination: 'UNKNOWN' }, options };
  }
  const mutation = how === 'MOUNT' ? 'mountCharger' : 'relocateCharger';
  const reason = how === 'MOUNT' ? firstSeen : turnedUp;
  return { mutation, input: { charger, backplate }, options: { commandId, occurredAt, reason } };
}

function observationsOf(row: SessionRow): Observation[] {
  const { charger, identity, sessionId, startedAtMs, endedAtMs, energyWattHours, driverReference } = row;
  return [
    {
      id: `imp-on-${identity}`,
      charger,
      kind: 'CAR_CONNECTED',
      occurredAt: new Date(startedAtMs).toISOString(),
      sessionId,
      driverReference,
    },
    {
      id: `imp-off-${identity}`,
      charger,
      kind: 'CAR_DISCONNECTED',
      occurredAt: new Date(endedAtMs).toISOString(),
      sessionId,
      energyWattHours,
    },
  ];
}
