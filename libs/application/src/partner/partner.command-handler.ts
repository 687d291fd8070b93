import type { PartnerCommand, UnknownAsset } from '@chargebook/domain';
import {
  controllerOf,
  decidePartner,
  MOST_ASSETS_IN_A_GRANT,
  partnerOf,
  partnerStateOf,
  partnerStream,
} from '@chargebook/domain';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { isKnownOperator } from '../operator/operator.command-handler';
import type { Outcome } from '../recording/command-context';
import { uuidOf } from '../recording/identity';
import { RecordCommand } from '../recording/outcome-command';
import { Recorder } from '../recording/recorder';
import type { Reading } from '../recording/reading';

export class RecordPartnerCommand extends RecordCommand<PartnerCommand> {}

@CommandHandler(RecordPartnerCommand)
export class PartnerCommandHandler implements ICommandHandler<RecordPartnerCommand> {
  constructor(private readonly recorder: Recorder) {}

  execute({ command, context }: RecordPartnerCommand): Promise<Outcome> {
    const id = partnerOf(command);
    const request = { input: command, context, stream: partnerStream(id) };
    return this.recorder.record(request, async (reading, { moment, commandId }) => {
      const target = await reading.partner(id);
      const partner = partnerStateOf(target.life.recorded);
      const operator = command.type === 'registerPartner' ? command.operator : undefined;
      const known = {
        partner,
        operatorIsKnown: await isKnownOperator(reading, operator),
        unknownAssets: await assetsOfOthers(command, partner.operator, reading),
        newId: uuidOf(JSON.stringify([id, target.revision, commandId])),
      };
      return { target, decision: decidePartner(command, known, moment) };
    });
  }
}

/** What a grant names that the partner's operator does not control, or that is not there: to who asks, the same. */
async function assetsOfOthers(
  command: PartnerCommand,
  operator: string | undefined,
  reading: Reading,
): Promise<UnknownAsset[]> {
  if (command.type !== 'grantPartnerAccess') return [];
  const sites = command.sites ?? [];
  const chargers = command.chargers ?? [];
  if (sites.length + chargers.length > MOST_ASSETS_IN_A_GRANT) return [];
  const unknown: UnknownAsset[] = [];
  for (const id of sites) {
    const { life } = await reading.site(id);
    if (operator == null || controllerOf(life) !== operator) unknown.push({ field: 'sites', id });
  }
  for (const id of chargers) {
    const { life } = await reading.charger(id);
    if (operator == null || controllerOf(life) !== operator) unknown.push({ field: 'chargers', id });
  }
  return unknown;
}
