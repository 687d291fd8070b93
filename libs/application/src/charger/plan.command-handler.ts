import type { ChargerState, Instant, Lifeline, PlanCommand } from '@chargebook/domain';
import { chargerStream, decidePlan } from '@chargebook/domain';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import type { Outcome } from '../recording/command-context';
import { RecordCommand } from '../recording/outcome-command';
import type { Reading } from '../recording/reading';
import { Recorder } from '../recording/recorder';

export class RecordPlanCommand extends RecordCommand<PlanCommand> {}

@CommandHandler(RecordPlanCommand)
export class PlanCommandHandler implements ICommandHandler<RecordPlanCommand> {
  constructor(private readonly recorder: Recorder) {}

  execute({ command, context }: RecordPlanCommand): Promise<Outcome> {
    const request = { input: command, context, stream: chargerStream(command.charger) };
    return this.recorder.record(request, async (reading, { moment }) => {
      const target = await reading.charger(command.charger);
      const needsZone = command.type === 'setChargePlan' && command.timeZone == null;
      const siteTimeZone = needsZone ? await timeZoneAt(target.life, reading, moment.occurredAt) : undefined;
      return { target, decision: decidePlan(command, { charger: target.life, siteTimeZone }, moment) };
    });
  }
}

/** The zone of the site where a charger hangs at an instant. */
async function timeZoneAt(
  charger: Lifeline<ChargerState>,
  reading: Reading,
  at: Instant,
): Promise<string | undefined> {
  const backplate = charger.asOf(at).mounting?.backplate;
  const circuit = backplate == null ? undefined : (await reading.backplate(backplate)).life.asOf(at).circuit;
  const site = circuit == null ? undefined : (await reading.circuit(circuit)).life.asOf(at).site;
  return site == null ? undefined : (await reading.site(site)).life.asOf(at).timeZone;
}
