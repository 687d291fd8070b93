import { decideErasure, personStream } from '@chargebook/domain';
import { Command, CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { Vault } from '../credential/vault';
import type { CommandContext, Outcome } from '../recording/command-context';
import { Recorder } from '../recording/recorder';

/** Forgets a driver: `driverReference` as it was told, or the reference that facts hold. */
export class EraseDriverCommand extends Command<Outcome> {
  constructor(
    readonly command: { readonly driverReference: string },
    readonly context: CommandContext,
  ) {
    super();
  }
}

/** Stands where nobody is known: nothing is ever recorded there. */
const NOBODY = 'nobody';

@CommandHandler(EraseDriverCommand)
export class PersonCommandHandler implements ICommandHandler<EraseDriverCommand> {
  constructor(
    private readonly recorder: Recorder,
    private readonly vault: Vault,
  ) {}

  async execute({ command, context }: EraseDriverCommand): Promise<Outcome> {
    const driver = await this.vault.findDriver(command.driverReference);
    // Whose erasure it is stands in the fact alone: a hash of what was told could be guessed for ever.
    const request = { input: { type: 'eraseDriver' }, context, turn: personStream(driver ?? NOBODY) };
    const outcome = await this.recorder.record(request, async (reading, { moment }) => {
      const target = await reading.person(driver ?? NOBODY);
      return { target, decision: decideErasure(driver, target.life.head, moment) };
    });
    if (driver != null && !outcome.refused && !outcome.dryRun) await this.vault.eraseDriver(driver);
    return outcome;
  }
}
