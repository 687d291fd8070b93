import type { ChargerCommand } from '@chargebook/domain';
import { chargerOf, chargerStream, decideCharger } from '@chargebook/domain';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { isKnownOperator } from '../operator/operator.command-handler';
import type { Outcome } from '../recording/command-context';
import { RecordCommand } from '../recording/outcome-command';
import { Recorder } from '../recording/recorder';

export class RecordChargerCommand extends RecordCommand<ChargerCommand> {}

@CommandHandler(RecordChargerCommand)
export class ChargerCommandHandler implements ICommandHandler<RecordChargerCommand> {
  constructor(private readonly recorder: Recorder) {}

  execute({ command, context }: RecordChargerCommand): Promise<Outcome> {
    const serial = chargerOf(command);
    const request = { input: command, context, stream: chargerStream(serial) };
    return this.recorder.record(request, async (reading, { moment }) => {
      const target = await reading.charger(serial);
      const operator = 'operator' in command ? command.operator : undefined;
      const known = { charger: target.life, operatorIsKnown: await isKnownOperator(reading, operator) };
      return { target, decision: decideCharger(command, known, moment) };
    });
  }
}
