import type { Observation } from '@chargebook/domain';
import {
  chargerStream,
  decideObservation,
  deviceStream,
  isByTheMinute,
  isId,
  observedMoment,
} from '@chargebook/domain';
import { Command, CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { Vault } from '../credential/vault';
import type { CommandContext, Outcome } from '../recording/command-context';
import { uuidOf } from '../recording/identity';
import { inOrderByKey } from '../recording/in-order';
import type { Planner, RunCommand } from '../recording/plan';
import { Recorder } from '../recording/recorder';

/** One item of a batch, with the device's own id of it. */
export interface ReportedObservation extends Observation {
  readonly id?: string | null;
}

/** A batch of what devices report; each has its own outcome. */
export class RecordObservationsCommand extends Command<Outcome[]> {
  constructor(
    readonly observations: readonly ReportedObservation[],
    readonly context: CommandContext,
  ) {
    super();
  }
}

const MOST_CHARGERS_AT_ONCE = 64;

@CommandHandler(RecordObservationsCommand)
export class ObservationCommandHandler implements ICommandHandler<RecordObservationsCommand> {
  constructor(
    private readonly recorder: Recorder,
    private readonly vault: Vault,
  ) {}

  async execute({ observations, context }: RecordObservationsCommand): Promise<Outcome[]> {
    const told = context.dryRun ? observations : await this.withReferences(observations);
    const commands = told.map((observation) => this.commandOf(observation, context));
    const outcomes: Outcome[] = [];
    await inOrderByKey(
      inRuns(commands),
      ({ charger }) => charger,
      MOST_CHARGERS_AT_ONCE,
      async ({ places }) => {
        const run = places.map((place) => commands[place] as ObservationCommand);
        const done = await this.recorder.recordRun(run);
        places.forEach((place, nth) => (outcomes[place] = done[nth] as Outcome));
      },
    );
    return outcomes;
  }

  /** The book holds no driver's token, only what the vault calls it. */
  private async withReferences(observations: readonly ReportedObservation[]) {
    const drivers = observations.flatMap(({ driverReference }) =>
      driverReference != null && isId(driverReference) ? [driverReference] : [],
    );
    if (drivers.length === 0) return observations;
    const references = await this.vault.referencesOf(drivers);
    return observations.map((observation) => {
      const reference = references.get(observation.driverReference ?? '');
      return reference == null ? observation : { ...observation, driverReference: reference };
    });
  }

  private commandOf(observation: ReportedObservation, batch: CommandContext): ObservationCommand {
    const { charger, kind } = observation;
    const { occurredAt, deviceTime } = observedMoment(this.recorder.now(), observation.occurredAt);
    const identity = observation.id == null ? identityOf(observation) : undefined;
    const context: CommandContext = {
      ...batch,
      commandId: observation.id ?? identity,
      occurredAt,
      deviceSequence: observation.deviceSequence ?? undefined,
      deviceTime,
    };
    const byTheMinute = isByTheMinute(kind);
    const stream = byTheMinute ? deviceStream(charger, occurredAt) : chargerStream(charger);
    // The input is what the device said, whatever its clock was believed to say.
    const request = {
      input: identity ?? observation,
      governedAs: { type: 'recordObservation', charger },
      context,
      stream,
      isKeyOfAll: identity != null,
    };
    const plan: Planner = async (reading, { moment, commandId }) => {
      const loaded = await reading.charger(charger);
      const target = byTheMinute ? await reading.device(charger, occurredAt) : loaded;
      const newSession = uuidOf(JSON.stringify([charger, moment.occurredAt, commandId]));
      return { target, decision: decideObservation(observation, loaded.life, moment, newSession) };
    };
    return { charger, request, plan };
  }
}

interface ObservationCommand extends RunCommand {
  readonly charger: string;
}

/** Commands of a charger that follow on each other and go to one stream. */
interface ObservationRun {
  readonly charger: string;
  readonly stream: string;
  /** Of the commands in the batch. */
  readonly places: number[];
}

function inRuns(commands: readonly ObservationCommand[]): ObservationRun[] {
  const runs: ObservationRun[] = [];
  const latest = new Map<string, ObservationRun>();
  for (const [place, { charger, request }] of commands.entries()) {
    const known = latest.get(charger);
    if (known != null && known.stream === request.stream) {
      known.places.push(place);
      continue;
    }
    const run = { charger, stream: request.stream, places: [place] };
    latest.set(charger, run);
    runs.push(run);
  }
  return runs;
}

/**
 * The same observation delivered twice, by whomever and with whatever else, is known by the device's numbering, where
 * there is one.
 */
function identityOf(observation: Observation): string | undefined {
  const { charger, kind, occurredAt, deviceSequence, sessionId } = observation;
  if (deviceSequence == null) return undefined;
  return uuidOf(
    JSON.stringify(['observation', charger, kind, occurredAt, deviceSequence, sessionId ?? null]),
  );
}
