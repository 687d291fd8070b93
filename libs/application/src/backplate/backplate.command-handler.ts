import type { BackplateCommand, Moment } from '@chargebook/domain';
import { backplateStream, decideBackplate, spanContains } from '@chargebook/domain';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import type { Outcome } from '../recording/command-context';
import { RecordCommand } from '../recording/outcome-command';
import { Recorder } from '../recording/recorder';
import type { Reading } from '../recording/reading';
import { Places } from './places';

export class RecordBackplateCommand extends RecordCommand<BackplateCommand> {}

@CommandHandler(RecordBackplateCommand)
export class BackplateCommandHandler implements ICommandHandler<RecordBackplateCommand> {
  constructor(
    private readonly recorder: Recorder,
    private readonly places: Places,
  ) {}

  execute({ command, context }: RecordBackplateCommand): Promise<Outcome> {
    const backplate = command.type === 'installBackplate' ? command.id : command.backplate;
    // Nothing is taken as last seen: a reservation that was met open then would be met open for ever.
    const request = { input: command, context, turn: backplateStream(backplate) };
    return this.recorder.record(request, async (reading, { moment }) => {
      const circuit = command.type === 'removeBackplate' ? undefined : await reading.circuit(command.circuit);
      if (command.type === 'installBackplate') {
        const target = await reading.backplate(backplate);
        const known = { backplate: target.life, circuit: circuit?.life, stays: [] };
        return { target, decision: decideBackplate(command, known, moment) };
      }
      const { target, ...occupied } = await this.occupation(backplate, reading, moment);
      const known = { backplate: target.life, circuit: circuit?.life, ...occupied };
      return { target, decision: decideBackplate(command, known, moment) };
    });
  }

  private async occupation(backplate: string, reading: Reading, { occurredAt }: Moment) {
    const target = await this.places.settled(reading, backplate);
    const stays = await this.places.staysFrom(reading, target, occurredAt);
    const occupant = stays.find((stay) => spanContains(stay, occurredAt))?.charger;
    const charger = occupant == null ? undefined : await reading.charger(occupant);
    return { target, stays, ongoingSession: charger?.life.asOf(occurredAt).ongoingSession?.id };
  }
}
