import type { PlacementCommand } from '@chargebook/domain';
import { chargerStream, decidePlacement } from '@chargebook/domain';
import type { Places } from '../backplate/places';
import type { CommandContext, Outcome, SettledCommand } from '../recording/command-context';
import type { Recorder } from '../recording/recorder';
import type { Reading } from '../recording/reading';
import type { RelocationPlans } from '../relocation/relocation-plans';
import type { MoveDecision, MovePlan, Moves } from './moves';

/** Moves of chargers between backplates. */
export class PlacementRecording {
  constructor(
    private readonly recorder: Recorder,
    private readonly places: Places,
    private readonly moves: Moves,
    private readonly plans: RelocationPlans,
  ) {}

  record(command: PlacementCommand, context: CommandContext): Promise<Outcome> {
    return this.recorder.record<MoveDecision>(
      // Nothing is taken as last seen: a place would be reserved for a move that cannot be written.
      { input: command, context, turn: chargerStream(command.charger) },
      (reading, settled) => this.plan(command, reading, settled),
      (plan, facts) => this.moves.write(plan as MovePlan, facts),
    );
  }

  private async plan(
    command: PlacementCommand,
    reading: Reading,
    settled: SettledCommand,
  ): Promise<MovePlan> {
    const { moment } = settled;
    const goesTo = command.type === 'dismountCharger' ? undefined : command.backplate;
    const place = goesTo == null ? undefined : await this.places.settled(reading, goesTo);
    // After the place is settled: settling may have written the charger's stream.
    const target = await this.plans.unheld(reading, () => reading.charger(command.charger));
    const othersThere =
      place == null ? [] : await this.places.staysFrom(reading, place, moment.occurredAt, command.charger);
    const known = { charger: target.life, backplate: place?.life, othersThere };
    return { target, place, decision: decidePlacement(command, known, moment) };
  }
}
