import type { Instant, LoadCommand, LoadKnowledge, Primary } from '@chargebook/domain';
import { chargerStream, decideLoad, loadStream, primaryBackplate, refuse } from '@chargebook/domain';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { Places } from '../backplate/places';
import type { CommandContext, Outcome, SettledCommand } from '../recording/command-context';
import { RecordCommand } from '../recording/outcome-command';
import type { Plan } from '../recording/plan';
import { Recorder } from '../recording/recorder';
import type { Reading } from '../recording/reading';
import { hasStandingCurrent } from './standing-current';

export class RecordLoadCommand extends RecordCommand<LoadCommand> {}

/** Commands on what a circuit is told by the minute. */
@CommandHandler(RecordLoadCommand)
export class LoadCommandHandler implements ICommandHandler<RecordLoadCommand> {
  constructor(
    private readonly recorder: Recorder,
    private readonly places: Places,
  ) {}

  execute({ command, context }: RecordLoadCommand): Promise<Outcome> {
    const request = { input: command, context, ...this.whereTo(command, context) };
    return this.recorder.record(request, (reading, settled) => this.plan(command, reading, settled));
  }

  private whereTo(command: LoadCommand, { occurredAt }: CommandContext) {
    const { circuit } = command;
    if (command.type === 'setDynamicCircuitCurrent' && command.charger != null)
      return { turn: chargerStream(command.charger) };
    return circuit == null ? {} : { stream: loadStream(circuit, occurredAt ?? this.recorder.now()) };
  }

  private async plan(command: LoadCommand, reading: Reading, { moment }: SettledCommand): Promise<Plan> {
    const at = moment.occurredAt;
    if (command.type === 'clearDynamicCircuitCurrent') {
      const target = await reading.circuitLoad(command.circuit, at);
      const known = await this.known(command.circuit, reading, at);
      const isSet = await hasStandingCurrent(known, { reading, places: this.places }, at);
      return { target, decision: decideLoad(command, { ...known, isSet }, moment) };
    }
    const addressed = await this.addressed(command, reading, at);
    if (!('circuit' in addressed)) return addressed;
    const { circuit, chargerHangsOn } = addressed;
    const target = await reading.circuitLoad(circuit, at);
    const known = await this.known(circuit, reading, at);
    return { target, decision: decideLoad(command, { ...known, chargerHangsOn }, moment) };
  }

  /** The circuit that a set is about, by its own name or by that of a charger on it. */
  private async addressed(
    command: LoadCommand & { type: 'setDynamicCircuitCurrent' },
    reading: Reading,
    at: Instant,
  ): Promise<{ circuit: string; chargerHangsOn?: string } | Plan> {
    const { circuit, charger } = command;
    if (circuit != null && charger == null) return { circuit };
    if (charger == null || circuit != null) {
      const decision = refuse(
        'OUT_OF_RANGE',
        'Name either the circuit or the charger that is to carry the value.',
        {},
        ['input'],
      );
      return { target: await reading.circuit(circuit ?? ''), decision };
    }
    const target = await reading.charger(charger);
    const { mounting, registeredAt } = target.life.asOf(at);
    const place = mounting == null ? undefined : await reading.backplate(mounting.backplate);
    const wiredTo = place?.life.asOf(at).circuit;
    if (wiredTo != null) return { circuit: wiredTo, chargerHangsOn: mounting?.backplate };
    const decision =
      registeredAt == null
        ? refuse('NOT_FOUND', `There was no charger ${charger} at ${at}.`, { charger }, ['input', 'charger'])
        : refuse('NOT_MOUNTED', `The charger ${charger} hung on no backplate at ${at}.`, { charger });
    return { target, decision };
  }

  private async known(id: string, reading: Reading, at: Instant): Promise<LoadKnowledge> {
    const circuit = (await reading.circuit(id)).life;
    const designated = circuit.asOf(at).designated;
    if (designated == null) return { id, circuit, isSet: false };
    const place = (await reading.backplate(designated)).life;
    const backplate = primaryBackplate(id, circuit, place, at);
    if (backplate == null) return { id, circuit, isSet: false };
    const serial = await this.places.occupant(reading, backplate, at);
    const charger = serial == null ? undefined : (await reading.charger(serial)).life.asOf(at);
    const primary: Primary = {
      backplate,
      charger: serial == null || charger == null ? undefined : { serial, powered: charger.powered },
    };
    return { id, circuit, primary, isSet: false };
  }
}
