import type { SiteCommand } from '@chargebook/domain';
import { decideSite, siteOf, siteStream } from '@chargebook/domain';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { isKnownOperator } from '../operator/operator.command-handler';
import type { Outcome } from '../recording/command-context';
import { Contents } from '../recording/contents';
import { RecordCommand } from '../recording/outcome-command';
import { Recorder } from '../recording/recorder';

export class RecordSiteCommand extends RecordCommand<SiteCommand> {}

@CommandHandler(RecordSiteCommand)
export class SiteCommandHandler implements ICommandHandler<RecordSiteCommand> {
  constructor(
    private readonly recorder: Recorder,
    private readonly contents: Contents,
  ) {}

  execute({ command, context }: RecordSiteCommand): Promise<Outcome> {
    const site = siteOf(command);
    return this.recorder.record(
      { input: command, context, stream: siteStream(site) },
      async (reading, { moment }) => {
        const target = await reading.site(site);
        const operator = 'operator' in command ? command.operator : undefined;
        const known = {
          site: target.life,
          operatorIsKnown: await isKnownOperator(reading, operator),
          circuits: command.type === 'retireSite' ? await this.contents.ofSite(site) : [],
        };
        return { target, decision: decideSite(command, known, moment) };
      },
    );
  }
}
