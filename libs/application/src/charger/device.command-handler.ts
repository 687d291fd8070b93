import type { DeviceCommand, Instant, Lifeline, ChargerState } from '@chargebook/domain';
import { compareFacts, decideDevice, deviceStream, isInForce, lastDynamicReset } from '@chargebook/domain';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import type { Outcome } from '../recording/command-context';
import { newestByMonth } from '../recording/newest-by-month';
import { RecordCommand } from '../recording/outcome-command';
import { Recorder } from '../recording/recorder';
import type { Reading } from '../recording/reading';

export class RecordDeviceCommand extends RecordCommand<DeviceCommand> {}

/** Commands on what a charger is told by the minute. */
@CommandHandler(RecordDeviceCommand)
export class DeviceCommandHandler implements ICommandHandler<RecordDeviceCommand> {
  constructor(private readonly recorder: Recorder) {}

  execute({ command, context }: RecordDeviceCommand): Promise<Outcome> {
    const stream = deviceStream(command.charger, context.occurredAt ?? this.recorder.now());
    return this.recorder.record({ input: command, context, stream }, async (reading, { moment }) => {
      const target = await reading.device(command.charger, moment.occurredAt);
      const charger = (await reading.charger(command.charger)).life;
      const isSet =
        command.type === 'clearDynamicChargerCurrent' &&
        (await hasDynamicCurrent(command.charger, charger, reading, moment.occurredAt));
      return { target, decision: decideDevice(command, { charger, isSet }, moment) };
    });
  }
}

async function hasDynamicCurrent(
  serial: string,
  charger: Lifeline<ChargerState>,
  reading: Reading,
  at: Instant,
): Promise<boolean> {
  const registeredAt = charger.head.registeredAt;
  if (registeredAt == null) return false;
  const reset = lastDynamicReset(charger.facts, at);
  const newest = await newestByMonth(
    at,
    reset ?? registeredAt,
    async (month) => (await reading.device(serial, month)).life.facts,
    ({ type }) => type === 'DynamicChargerCurrentSet' || type === 'DynamicChargerCurrentCleared',
  );
  if (newest == null) return false;
  // What was set at the very instant of a reset stands if it was told after it.
  const later = charger.facts.filter((fact) => compareFacts(fact, newest) > 0);
  return lastDynamicReset(later, at) == null && isInForce(newest, at);
}
