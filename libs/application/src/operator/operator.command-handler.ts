import type { OperatorCommand } from '@chargebook/domain';
import { DEFAULT_OPERATOR, decideOperator, operatorStream } from '@chargebook/domain';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import type { Outcome } from '../recording/command-context';
import { RecordCommand } from '../recording/outcome-command';
import { Recorder } from '../recording/recorder';
import type { Reading } from '../recording/reading';

export class RecordOperatorCommand extends RecordCommand<OperatorCommand> {}

@CommandHandler(RecordOperatorCommand)
export class OperatorCommandHandler implements ICommandHandler<RecordOperatorCommand> {
  constructor(private readonly recorder: Recorder) {}

  execute({ command, context }: RecordOperatorCommand): Promise<Outcome> {
    const stream = operatorStream(command.id);
    return this.recorder.record({ input: command, context, stream }, async (reading, { moment }) => {
      const target = await reading.operator(command.id);
      return { target, decision: decideOperator(command, target.life, moment) };
    });
  }
}

/** Whether the operator that a command names is on record; the default one always is. */
export async function isKnownOperator(reading: Reading, id: string | null | undefined): Promise<boolean> {
  if (id == null) return true;
  if (reading.isHidden('OPERATOR', id)) return false;
  if (id === DEFAULT_OPERATOR) return true;
  const { life } = await reading.operator(id);
  return life.head.name != null;
}
