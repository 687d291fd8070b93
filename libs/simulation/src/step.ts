import type { Observation } from '@chargebook/domain';
import { instantOf } from '@chargebook/domain';

/** A mutation by its name, with what it is told. */
export interface SimulatedCommand {
  readonly mutation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly options: {
    readonly commandId: string;
    readonly occurredAt?: string;
    readonly reason?: string;
  };
  /** The command whose fact this one corrects: its event's id, which only the book knows, is to be added to the input. */
  readonly corrects?: SimulatedCommand;
}

/** What a charger reports; its id is its idempotency key. */
export type SimulatedObservation = Observation & { readonly id: string; readonly deviceSequence: number };

/** One thing that is told to the book. */
export type Step = CommandStep | ObservationStep;

export interface CommandStep {
  readonly kind: 'COMMAND';
  readonly atMs: number;
  /** What has to be told of these before has to be told before this. */
  readonly things: readonly string[];
  readonly command: SimulatedCommand;
}

export interface ObservationStep {
  readonly kind: 'OBSERVATION';
  readonly atMs: number;
  readonly observation: SimulatedObservation;
}

/** A span in which something was so, or is; milliseconds since the epoch. */
export interface SpanMs {
  readonly fromMs: number;
  /** Absent where it still is so. */
  readonly untilMs?: number;
}

export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

export function contains({ fromMs, untilMs }: SpanMs, atMs: number): boolean {
  return fromMs <= atMs && (untilMs == null || atMs < untilMs);
}

/** What is told about a command beside its input. */
export interface Told {
  readonly atMs?: number;
  readonly reason?: string;
  readonly corrects?: SimulatedCommand;
}

/** Makes commands of a fleet, with keys that are the same in every run. */
export class CommandMaker {
  constructor(private readonly key: string) {}

  /** @param name tells the command from all others of the fleet */
  command(
    mutation: string,
    name: string,
    input: Readonly<Record<string, unknown>>,
    { atMs, reason, corrects }: Told = {},
  ): SimulatedCommand {
    const options = {
      commandId: `${this.key}.${name}`,
      ...(atMs == null ? {} : { occurredAt: instantOf(atMs) }),
      ...(reason == null ? {} : { reason }),
    };
    return { mutation, input, options, ...(corrects == null ? {} : { corrects }) };
  }
}
