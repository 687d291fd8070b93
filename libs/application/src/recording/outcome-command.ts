import { Command } from '@nestjs/cqrs';
import type { CommandContext, Outcome } from './command-context';

/** What travels over the command bus: a domain command with its context. One class per aggregate. */
export abstract class RecordCommand<DomainCommand> extends Command<Outcome> {
  constructor(
    readonly command: DomainCommand,
    readonly context: CommandContext,
  ) {
    super();
  }
}
