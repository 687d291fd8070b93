import type { CorrectionCommand, Decision, EffectiveFact, Moment, Proposal } from '@chargebook/domain';
import {
  decideBackplateCorrection,
  decideChargerCorrection,
  decideCircuitCorrection,
  decideOperatorCorrection,
  decideSiteCorrection,
  decideTellingCorrection,
  Lifeline,
  placeGained,
  proposeCorrection,
  spanContains,
  subjectOf,
} from '@chargebook/domain';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { Places } from '../backplate/places';
import type { MoveDecision, MovePlan } from '../charger/moves';
import { Moves } from '../charger/moves';
import type { Outcome } from '../recording/command-context';
import { Contents } from '../recording/contents';
import { RecordCommand } from '../recording/outcome-command';
import type { Plan } from '../recording/plan';
import { Recorder } from '../recording/recorder';
import type { Reading } from '../recording/reading';
import type { Loaded } from '../recording/streams';
import { NO_FACTS } from '../recording/streams';
import { RelocationPlans } from '../relocation/relocation-plans';
import { FactIndex } from './fact-index';

export class RecordCorrectionCommand extends RecordCommand<CorrectionCommand> {}

/** What a correction comes down to for who may make it: what the wrong fact is about, and what is told instead. */
function governed({ type, eventId, replacementData }: CorrectionCommand, stream: string | undefined) {
  const subject = stream == null ? undefined : subjectOf(stream);
  const kinds = { device: 'CHARGER', load: 'CIRCUIT' } as Readonly<Record<string, string>>;
  // What is not there is looked at as a charger that is not.
  const kind = subject == null ? 'CHARGER' : (kinds[subject.kind] ?? subject.kind.toUpperCase());
  return { ...replacementData, type, eventId, kind, id: subject?.id ?? '' };
}

/** What is decided about a stream whose facts change nobody's place. */
type PlainDecider = (proposal: Proposal) => Promise<Decision>;

@CommandHandler(RecordCorrectionCommand)
export class CorrectionCommandHandler implements ICommandHandler<RecordCorrectionCommand> {
  constructor(
    private readonly recorder: Recorder,
    private readonly places: Places,
    private readonly moves: Moves,
    private readonly plans: RelocationPlans,
    private readonly facts: FactIndex,
    private readonly contents: Contents,
  ) {}

  async execute({ command, context }: RecordCorrectionCommand): Promise<Outcome> {
    const stream = await this.facts.streamOf(command.eventId);
    // The reason belongs to every correction; it stands in the envelope as it does for any command.
    const told = { ...context, reason: command.reason };
    return this.recorder.record<MoveDecision>(
      { input: command, governedAs: governed(command, stream), context: told, turn: stream },
      (reading, { moment }) => this.plan(command, stream, reading, moment),
      (plan, facts) => this.moves.write(plan as MovePlan, facts),
    );
  }

  private async plan(
    command: CorrectionCommand,
    stream: string | undefined,
    reading: Reading,
    moment: Moment,
  ): Promise<MovePlan> {
    const subject = stream == null ? undefined : subjectOf(stream);
    if (subject == null) return moveless(planUnknown(command, moment));
    const { kind, id, month } = subject;
    // Any instant of the stream's month.
    const within = `${month ?? '2000-01'}-01T00:00:00.000Z`;
    switch (kind) {
      case 'charger':
        return this.planOfCharger(command, id, reading, moment);
      case 'backplate':
        return moveless(await this.planOfBackplate(command, id, reading, moment));
      case 'circuit': {
        const target = await reading.circuit(id);
        return decided(command, target, moment, (proposal) =>
          this.decideCircuit(proposal, target, reading, moment),
        );
      }
      case 'site': {
        const target = await reading.site(id);
        return decided(command, target, moment, async (proposal) => {
          const contents = proposal.wrong.type === 'SiteRegistered' ? await this.contents.ofSite(id) : [];
          return decideSiteCorrection(proposal, { site: target.life, contents }, moment);
        });
      }
      case 'operator':
        return decided(command, await reading.operator(id), moment, (proposal) =>
          Promise.resolve(decideOperatorCorrection(proposal)),
        );
      case 'device': {
        const since = (await reading.charger(id)).life.head.registeredAt;
        return decided(command, await reading.device(id, within), moment, (proposal) =>
          Promise.resolve(decideTellingCorrection(proposal, { noun: 'charger', id, since })),
        );
      }
      case 'load': {
        const since = (await reading.circuit(id)).life.head.addedAt;
        return decided(command, await reading.circuitLoad(id, within), moment, (proposal) =>
          Promise.resolve(decideTellingCorrection(proposal, { noun: 'circuit', id, since })),
        );
      }
    }
  }

  private async planOfCharger(
    command: CorrectionCommand,
    serial: string,
    reading: Reading,
    moment: Moment,
  ): Promise<MovePlan> {
    for (;;) {
      const target = await this.plans.unheld(reading, () => reading.charger(serial));
      const proposal = proposeCorrection(command, target.life.recorded, moment);
      if (!('wrong' in proposal)) return moveless({ target, decision: proposal });
      const gained = placeGained(proposal, target.life, moment);
      if (gained == null) {
        const known = { charger: target.life, othersThere: [] };
        return { target, decision: decideChargerCorrection(proposal, known, moment) };
      }
      const place = await this.places.settled(reading, gained.backplate);
      // Settling the place may have written the charger's stream.
      if ((await reading.charger(serial)).revision !== target.revision) continue;
      const othersThere = await this.places.staysFrom(reading, place, gained.from, serial);
      const known = { charger: target.life, backplate: place.life, othersThere };
      return { target, place, decision: decideChargerCorrection(proposal, known, moment) };
    }
  }

  private async planOfBackplate(
    command: CorrectionCommand,
    id: string,
    reading: Reading,
    moment: Moment,
  ): Promise<Plan> {
    const target = await this.places.settled(reading, id);
    const proposal = proposeCorrection(command, target.life.recorded, moment);
    if (!('wrong' in proposal)) return { target, decision: proposal };
    const { replacement } = proposal;
    const stays = await this.places.staysFrom(reading, target, BEGINNING);
    const named = circuitNamedBy(replacement);
    const circuit = named == null ? undefined : (await reading.circuit(named)).life;
    const at = replacement?.metadata.occurredAt;
    const occupant = at == null ? undefined : stays.find((stay) => spanContains(stay, at))?.charger;
    const charger = occupant == null ? undefined : await reading.charger(occupant);
    const ongoingSession = at == null ? undefined : charger?.life.asOf(at).ongoingSession?.id;
    const known = { backplate: target.life, circuit, stays, ongoingSession };
    return { target, decision: decideBackplateCorrection(proposal, known, moment) };
  }

  private async decideCircuit(
    proposal: Proposal,
    target: Loaded<Parameters<typeof decideCircuitCorrection>[1]['circuit']['head']>,
    reading: Reading,
    moment: Moment,
  ): Promise<Decision> {
    const { replacement, wrong } = proposal;
    const designated =
      replacement?.type === 'PrimaryBackplateDesignated'
        ? await reading.backplate(replacement.data.backplate)
        : undefined;
    const contents = wrong.type === 'CircuitAdded' ? await this.contents.ofCircuit(wrong.data.circuit) : [];
    const known = { circuit: target.life, backplate: designated?.life, contents };
    return decideCircuitCorrection(proposal, known, moment);
  }
}

/** Before anything that the book can hold. */
const BEGINNING = '0001-01-01T00:00:00.000Z';

function circuitNamedBy(fact: EffectiveFact | undefined): string | undefined {
  return fact?.type === 'BackplateInstalled' || fact?.type === 'BackplateRewired'
    ? fact.data.circuit
    : undefined;
}

async function decided(
  command: CorrectionCommand,
  target: Loaded<unknown>,
  moment: Moment,
  decide: PlainDecider,
): Promise<MovePlan> {
  const proposal = proposeCorrection(command, target.life.recorded, moment);
  return moveless({ target, decision: 'wrong' in proposal ? await decide(proposal) : proposal });
}

function planUnknown(command: CorrectionCommand, moment: Moment): Plan {
  const nowhere = { initial: undefined, evolve: () => undefined };
  const target = { stream: 'unknown', revision: NO_FACTS, life: Lifeline.of(nowhere, []) };
  const decision = proposeCorrection(command, [], moment);
  if ('wrong' in decision) throw new Error('nothing is corrected among no facts');
  return { target, decision };
}

/** A plan that changes nobody's place. */
function moveless({ target, decision }: Plan): MovePlan {
  return { target, decision: decision.refused ? decision : { ...decision, gained: [] } };
}
