import type { PlacementCommand } from '@chargebook/domain';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import type { Outcome } from '../recording/command-context';
import { RecordCommand } from '../recording/outcome-command';
import { PlacementRecording } from './placement-recording';

export class RecordPlacementCommand extends RecordCommand<PlacementCommand> {}

@CommandHandler(RecordPlacementCommand)
export class PlacementCommandHandler implements ICommandHandler<RecordPlacementCommand> {
  constructor(private readonly placements: PlacementRecording) {}

  execute({ command, context }: RecordPlacementCommand): Promise<Outcome> {
    return this.placements.record(command, context);
  }
}
