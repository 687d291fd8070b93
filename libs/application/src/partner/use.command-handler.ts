import { randomUUID } from 'node:crypto';
import type { UseCount } from '@chargebook/domain';
import { accept, useStream } from '@chargebook/domain';
import { Command, CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import type { CommandContext, Outcome } from '../recording/command-context';
import { Recorder } from '../recording/recorder';

/** What a partner did on a day, as far as one process has seen it since it told of that day last. */
export class CountPartnerUseCommand extends Command<Outcome> {
  constructor(
    readonly partner: string,
    /** `2026-05-04`, UTC. */
    readonly day: string,
    readonly counts: readonly UseCount[],
  ) {
    super();
  }
}

const BOOK_ITSELF = { kind: 'SYSTEM', id: 'access-review' } as const;

/** The book's own note; what several processes note of a day adds up. */
@CommandHandler(CountPartnerUseCommand)
export class PartnerUseCommandHandler implements ICommandHandler<CountPartnerUseCommand> {
  constructor(private readonly recorder: Recorder) {}

  execute({ partner, day, counts }: CountPartnerUseCommand): Promise<Outcome> {
    const context: CommandContext = {
      actor: BOOK_ITSELF,
      requester: { actor: BOOK_ITSELF, role: 'ADMIN' },
      channel: 'SYSTEM',
      dryRun: false,
      correlationId: randomUUID(),
    };
    const stream = useStream(partner, day);
    return this.recorder.record({ input: { partner, day, counts }, context, stream }, async (reading) => {
      const target = await reading.partnerUse(partner, day);
      return { target, decision: accept({ type: 'PartnerUseCounted', data: { partner, day, counts } }) };
    });
  }
}
