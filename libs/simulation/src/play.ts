import type { Batch } from './batches';
import { inBatches } from './batches';
import type { Fleet } from './fleet';
import type { Lane } from './lanes';
import { inTimeOrder } from './lanes';
import type { CommandResult, GraphqlRequest } from './requests';
import { requestOf, requestWithEvents, resultsOf } from './requests';
import type { SimulatedCommand, Step } from './step';

/** Sends an operation to a book and gives its data; sends it again where it did not get through, for it may be repeated. */
export type Send = (request: GraphqlRequest) => Promise<Readonly<Record<string, unknown>>>;

export interface PlayOptions {
  /** Requests under way at once. */
  readonly concurrency: number;
  /** Called with how much was told since the last call. */
  readonly onTold: (count: number) => void;
  /** Once aborted, what is under way is finished and nothing more is told. */
  readonly signal?: AbortSignal;
  /** How far the lives of chargers are known to be in the book, by serial: what was told is not told again. */
  readonly reported?: ReadonlyMap<string, Reported>;
}

/** What a charger has reported up to now. */
export interface Reported {
  readonly deviceSequence: number;
  /** When the last of it happened. */
  readonly atMs: number;
}

/** What the book would not take; empty where all is well. */
export type Refused = readonly Pick<CommandResult, 'commandId' | 'code' | 'message'>[];

/** So small that what is under way is soon finished. */
const SIZES = { commands: 5, observations: 30 };

/** Lives that wait for a request of theirs to be free; more of them would make batches small. */
const LIVES_A_REQUEST = 2;

/** Tells a book the life of a fleet. What was told before is told again without harm: all of it carries keys. */
export async function playFleet(fleet: Fleet, send: Send, options: PlayOptions): Promise<Refused> {
  const player = new Player(send, options);
  for (const level of fleet.structure) await player.tellAside(level);
  await player.tellLives(fleet.lanes);
  for (const command of fleet.finale) await player.tellLast(command);
  return player.refused;
}

class Player {
  readonly refused: CommandResult[] = [];

  constructor(
    private readonly send: Send,
    private readonly options: PlayOptions,
  ) {}

  /** Commands that do not need each other. */
  async tellAside(commands: readonly SimulatedCommand[]): Promise<void> {
    const steps = commands.map((command): Step => ({ kind: 'COMMAND', atMs: 0, things: [], command }));
    const batches = [...inBatches(steps, SIZES)].values();
    await this.sideBySide(this.options.concurrency, () => this.tellAll(batches));
  }

  /** Lives that go on side by side: each request takes the next of one of them, turn by turn, for some are much longer than others. */
  async tellLives(lanes: readonly Lane[]): Promise<void> {
    const count = Math.min(this.options.concurrency * LIVES_A_REQUEST, lanes.length);
    const waiting = Array.from({ length: count }, (_, n) => {
      const steps = inTimeOrder(lanes.filter((_lane, at) => at % count === n).map((lane) => lane.steps()));
      return inBatches(this.untold(steps), SIZES);
    });
    await this.sideBySide(this.options.concurrency, async () => {
      for (let life = waiting.shift(); life != null; life = waiting.shift()) {
        const { value: batch, done } = life.next();
        if (done || this.options.signal?.aborted) continue;
        await this.tell(batch);
        waiting.push(life);
      }
    });
  }

  async tellLast(command: SimulatedCommand): Promise<void> {
    if (this.options.signal?.aborted) return;
    const { corrects } = command;
    const input =
      corrects == null ? command.input : { ...command.input, eventId: await this.eventOf(corrects) };
    await this.tell({ kind: 'COMMANDS', commands: [{ ...command, input }] });
  }

  /** The same command again gives the receipt that it gave the first time. */
  private async eventOf(command: SimulatedCommand): Promise<string | undefined> {
    const { c0 } = await this.send(requestWithEvents(command));
    return (c0 as CommandResult | undefined)?.events?.[0]?.eventId;
  }

  private *untold(steps: Iterable<Step>): Generator<Step> {
    for (const step of steps) {
      if (this.isTold(step)) this.options.onTold(1);
      else yield step;
    }
  }

  /** Reports of a charger are told in their order, and after the commands about it that came before. */
  private isTold(step: Step): boolean {
    const { reported } = this.options;
    if (reported == null) return false;
    if (step.kind === 'COMMAND')
      return step.things.some((thing) => (reported.get(thing)?.atMs ?? -Infinity) > step.atMs);
    const { charger, deviceSequence } = step.observation;
    return (reported.get(charger)?.deviceSequence ?? 0) >= deviceSequence;
  }

  private async sideBySide(count: number, work: (n: number) => Promise<void>): Promise<void> {
    await Promise.all(Array.from({ length: count }, (_, n) => work(n)));
  }

  private async tellAll(batches: Iterable<Batch>): Promise<void> {
    for (const batch of batches) {
      if (this.options.signal?.aborted) return;
      await this.tell(batch);
    }
  }

  private async tell(batch: Batch): Promise<void> {
    const results = resultsOf(batch, await this.send(requestOf(batch)));
    for (const result of results) if (result?.__typename === 'Rejection') this.refused.push(result);
    this.options.onTold(results.length);
  }
}
