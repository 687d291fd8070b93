import type { CircuitCommand, CircuitState, Lifeline } from '@chargebook/domain';
import { circuitStream, decideCircuit, idsOf } from '@chargebook/domain';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import type { Outcome } from '../recording/command-context';
import { Contents } from '../recording/contents';
import { RecordCommand } from '../recording/outcome-command';
import { Recorder } from '../recording/recorder';
import type { Reading } from '../recording/reading';

export class RecordCircuitCommand extends RecordCommand<CircuitCommand> {}

@CommandHandler(RecordCircuitCommand)
export class CircuitCommandHandler implements ICommandHandler<RecordCircuitCommand> {
  constructor(
    private readonly recorder: Recorder,
    private readonly contents: Contents,
  ) {}

  execute({ command, context }: RecordCircuitCommand): Promise<Outcome> {
    const { circuit } = idsOf(command);
    const request = { input: command, context, stream: circuitStream(circuit) };
    return this.recorder.record(request, async (reading, { moment }) => {
      const target = await reading.circuit(circuit);
      const known = { circuit: target.life, ...(await this.surroundings(command, target.life, reading)) };
      return { target, decision: decideCircuit(command, known, moment) };
    });
  }

  private async surroundings(command: CircuitCommand, circuit: Lifeline<CircuitState>, reading: Reading) {
    switch (command.type) {
      case 'addCircuit': {
        const site = await reading.site(command.site);
        const parent = command.parent == null ? undefined : await reading.circuit(command.parent);
        return { site: site.life, parent: parent?.life, contents: [] };
      }
      case 'designatePrimaryBackplate': {
        const backplate = await reading.backplate(command.backplate);
        return { backplate: backplate.life, contents: [] };
      }
      case 'retireCircuit':
        return {
          contents: circuit.head.addedAt == null ? [] : await this.contents.ofCircuit(command.circuit),
        };
      case 'setCircuitFuseRating':
      case 'setMaxCircuitCurrent':
      case 'setOfflineFallbackCurrent':
        return { contents: [] };
    }
  }
}
