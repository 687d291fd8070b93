import type { ChargerCommand } from '@chargebook/domain';
import { chargerOf, chargerStream, decideCharger } from '@chargebook/domain';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { isKnownOperator } from '../operator/operator.command-handler';
import type { Outcome } from '../recording/command-context';
import { RecordCommand } from '../recording/outcome-command';
import { Recorder } from '../recording/recorder';
import { RelocationPlans } from '../relocation/relocation-plans';

export class RecordChargerCommand extends RecordCommand<ChargerCommand> {}

@CommandHandler(RecordChargerCommand)
export class ChargerCommandHandler implements ICommandHandler<RecordChargerCommand> {
  constructor(
    private readonly recorder: Recorder,
    private readonly plans: RelocationPlans,
  ) {}

  execute({ command, context }: RecordChargerCommand): Promise<Outcome> {
    const serial = chargerOf(command);
    const stream = chargerStream(serial);
    // Whether a plan of several moves holds it is looked up when it is retired.
    const request = {
      input: command,
      context,
      ...(command.type === 'retireCharger' ? { turn: stream } : { stream }),
    };
    return this.recorder.record(request, async (reading, { moment }) => {
      const target =
        command.type === 'retireCharger'
          ? await this.plans.unheld(reading, () => reading.charger(serial))
          : await reading.charger(serial);
      const operator = 'operator' in command ? command.operator : undefined;
      const known = { charger: target.life, operatorIsKnown: await isKnownOperator(reading, operator) };
      return { target, decision: decideCharger(command, known, moment) };
    });
  }
}
