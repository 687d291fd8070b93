import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type {
  BackplateCommand,
  ChargerCommand,
  CircuitCommand,
  CorrectionCommand,
  DeviceCommand,
  Instant,
  LoadCommand,
  OperatorCommand,
  PlacementCommand,
  PlanCommand,
  RejectionCode,
  RelocationCommand,
  SiteCommand,
} from '@chargebook/domain';
import { plusMs } from '@chargebook/domain';
import { startEmbeddedEventStore } from '@chargebook/embedded-eventstore';
import type { EventStore } from '@chargebook/event-store';
import { connectEventStore } from '@chargebook/event-store';
import { everyFact } from './book.fixtures';
import type { Authoriser } from './access/authoriser';
import { BackplateCommandHandler, RecordBackplateCommand } from './backplate/backplate.command-handler';
import { Places } from './backplate/places';
import { Reservations } from './backplate/reservations';
import { ChargerCommandHandler, RecordChargerCommand } from './charger/charger.command-handler';
import { DeviceCommandHandler, RecordDeviceCommand } from './charger/device.command-handler';
import type { ReportedObservation } from './charger/observation.command-handler';
import { ObservationCommandHandler, RecordObservationsCommand } from './charger/observation.command-handler';
import type { OnLeftover } from './charger/moves';
import { Moves } from './charger/moves';
import { PlacementRecording } from './charger/placement-recording';
import { PlanCommandHandler, RecordPlanCommand } from './charger/plan.command-handler';
import { PlacementCommandHandler, RecordPlacementCommand } from './charger/placement.command-handler';
import { CircuitCommandHandler, RecordCircuitCommand } from './circuit/circuit.command-handler';
import { LoadCommandHandler, RecordLoadCommand } from './circuit/load.command-handler';
import { OperatorCommandHandler, RecordOperatorCommand } from './operator/operator.command-handler';
import { CorrectionCommandHandler, RecordCorrectionCommand } from './correction/correction.command-handler';
import { FactIndex } from './correction/fact-index';
import type { CommandContext, Outcome, Receipt, Rejection } from './recording/command-context';
import type { CommandIndex } from './recording/command-keys';
import { OpenVault } from './credential/open-vault.fixtures';
import { Contents } from './recording/contents';
import type { OnOutcome } from './recording/recorder';
import { Recorder } from './recording/recorder';
import { Streams } from './recording/streams';
import { RecordRelocationCommand, RelocationCommandHandler } from './relocation/relocation.command-handler';
import { RelocationPlans } from './relocation/relocation-plans';
import { RecordSiteCommand, SiteCommandHandler } from './site/site.command-handler';

/** An empty book on an embedded event store of its own. */
export interface Book {
  readonly store: EventStore;
  stop(): Promise<void>;
}

export async function startBook(): Promise<Book> {
  const directory = await mkdtemp(path.join(tmpdir(), 'chargebook-write-side-'));
  const server = await startEmbeddedEventStore({ directory });
  const store = connectEventStore({ endpoint: server.endpoint });
  return {
    store,
    async stop() {
      await store.close();
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** A clock that stands still until it is told to go on. */
export class Clock {
  constructor(public now: Instant = '2026-05-04T12:00:00.000Z') {}

  readonly read = (): Instant => this.now;

  forward(durationMs: number): Instant {
    this.now = plusMs(this.now, durationMs);
    return this.now;
  }
}

/** What a thing carries, as a spec tells it. */
export class ToldContents extends Contents {
  readonly told = new Map<string, readonly string[]>();

  ofSite(site: string) {
    return Promise.resolve(this.told.get(site) ?? []);
  }

  ofCircuit(circuit: string) {
    return Promise.resolve(this.told.get(circuit) ?? []);
  }
}

/** Looks through the whole store. */
class FactsInStore extends FactIndex {
  constructor(private readonly store: EventStore) {
    super();
  }

  async streamOf(eventId: string): Promise<string | undefined> {
    const facts = await everyFact(this.store);
    return facts.find((fact) => fact.eventId === eventId)?.stream;
  }
}

export interface NodeParts {
  readonly clock?: Clock;
  readonly contents?: Contents;
  readonly index?: CommandIndex;
  readonly onLeftover?: OnLeftover;
  readonly patienceMs?: number;
  readonly onOutcome?: OnOutcome;
  readonly authoriser?: Authoriser;
}

type Context = Partial<CommandContext>;

/** A process that writes to a book: all handlers, over memory of its own. */
export type WriteSide = ReturnType<typeof nodeOn>;

export function nodeOn(store: EventStore, parts: NodeParts = {}) {
  const { clock = new Clock(), contents = new ToldContents(), index, onOutcome, authoriser } = parts;
  const recorder = new Recorder(store, new Streams(store), clock.read, { index, onOutcome, authoriser });
  const reservations = new Reservations(store, clock.read);
  const relocationPlans = new RelocationPlans(store, reservations, parts.patienceMs);
  const places = new Places(store, reservations, relocationPlans);
  const leftovers: unknown[] = [];
  const onLeftover = parts.onLeftover ?? ((error: unknown) => leftovers.push(error));
  const operators = new OperatorCommandHandler(recorder);
  const sites = new SiteCommandHandler(recorder, contents);
  const circuits = new CircuitCommandHandler(recorder, contents);
  const loads = new LoadCommandHandler(recorder, places);
  const backplates = new BackplateCommandHandler(recorder, places);
  const chargers = new ChargerCommandHandler(recorder, relocationPlans);
  const devices = new DeviceCommandHandler(recorder);
  const plans = new PlanCommandHandler(recorder);
  const moves = new Moves(store, reservations, onLeftover);
  const placements = new PlacementCommandHandler(
    new PlacementRecording(recorder, places, moves, relocationPlans),
  );
  const facts = new FactsInStore(store);
  const corrections = new CorrectionCommandHandler(recorder, places, moves, relocationPlans, facts, contents);
  const relocations = new RelocationCommandHandler(recorder, places, relocationPlans, onLeftover);
  const observations = new ObservationCommandHandler(recorder, new OpenVault());
  return {
    clock,
    leftovers,
    correct: (command: Omit<CorrectionCommand, 'type'>, context?: Context) =>
      corrections.execute(
        new RecordCorrectionCommand({ ...command, type: 'correctFact' }, contextOf(context)),
      ),
    relocate: (moves: RelocationCommand['moves'], context?: Context) =>
      relocations.execute(
        new RecordRelocationCommand({ type: 'relocateChargers', moves }, contextOf(context)),
      ),
    operator: (command: OperatorCommand, context?: Context) =>
      operators.execute(new RecordOperatorCommand(command, contextOf(context))),
    site: (command: SiteCommand, context?: Context) =>
      sites.execute(new RecordSiteCommand(command, contextOf(context))),
    circuit: (command: CircuitCommand, context?: Context) =>
      circuits.execute(new RecordCircuitCommand(command, contextOf(context))),
    load: (command: LoadCommand, context?: Context) =>
      loads.execute(new RecordLoadCommand(command, contextOf(context))),
    backplate: (command: BackplateCommand, context?: Context) =>
      backplates.execute(new RecordBackplateCommand(command, contextOf(context))),
    charger: (command: ChargerCommand, context?: Context) =>
      chargers.execute(new RecordChargerCommand(command, contextOf(context))),
    device: (command: DeviceCommand, context?: Context) =>
      devices.execute(new RecordDeviceCommand(command, contextOf(context))),
    plan: (command: PlanCommand, context?: Context) =>
      plans.execute(new RecordPlanCommand(command, contextOf(context))),
    move: (command: PlacementCommand, context?: Context) =>
      placements.execute(new RecordPlacementCommand(command, contextOf(context))),
    observe: (reported: readonly ReportedObservation[], context?: Context) =>
      observations.execute(
        new RecordObservationsCommand(reported, contextOf({ channel: 'DEVICE', ...context })),
      ),
  };
}

let requests = 0;

export function contextOf(context: Context = {}): CommandContext {
  requests += 1;
  return {
    actor: { kind: 'OPERATOR', id: 'harbour-office' },
    channel: 'PARTNER_API',
    dryRun: false,
    correlationId: `request-${String(requests)}`,
    ...context,
  };
}

/** @throws what the refusal says, where there is one */
export function accepted(outcome: Outcome | undefined): Receipt {
  if (outcome == null) throw new Error('no outcome');
  if (outcome.refused) throw new Error(`${outcome.code}: ${outcome.message}`);
  return outcome;
}

/** @throws where the command was accepted */
export function refused(outcome: Outcome | undefined): Rejection {
  if (!outcome?.refused) throw new Error(`accepted: ${JSON.stringify(outcome?.facts)}`);
  return outcome;
}

/** What a command came to, in a word. */
export function verdictOn(outcome: Outcome | undefined): RejectionCode | 'RECORDED' | 'NOTHING_TO_DO' {
  if (outcome?.refused) return outcome.code;
  return accepted(outcome).facts.length === 0 ? 'NOTHING_TO_DO' : 'RECORDED';
}

/** Types and data of a receipt's facts, as they are stored: absent fields are not there. */
export function eventsOf(outcome: Outcome | undefined): unknown {
  return asStored(accepted(outcome).facts.map(({ type, data }) => ({ type, data })));
}

export function noticesOf(outcome: Outcome | undefined): string[] {
  return accepted(outcome).notices.map(({ code }) => code);
}

export function asStored<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}
