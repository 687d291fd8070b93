import { CountPartnerUseCommand } from '@chargebook/application';
import type { UseCounter } from '@chargebook/graphql';
import type { CommandBus } from '@nestjs/cqrs';
import type { Logger } from 'pino';

const EVERY_MS = 10 * 60_000;

/** Writes down what partners did, now and then and when the server ends. */
export function keepAccessReview(counter: UseCounter, bus: CommandBus, log: Logger): () => Promise<void> {
  const write = async () => {
    for (const use of counter.take()) {
      try {
        await bus.execute(new CountPartnerUseCommand(use.partner, use.day, use.counts));
      } catch (error) {
        counter.giveBack(use);
        log.warn({ err: error }, 'what partners did is written down later');
      }
    }
  };
  const timer = setInterval(() => void write(), EVERY_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await write();
  };
}
