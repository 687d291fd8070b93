import { setTimeout as delay } from 'node:timers/promises';
import type {
  DomainEvent,
  EventOf,
  Fact,
  NewFact,
  PlannedMove,
  RelocationReference,
} from '@chargebook/domain';
import { chargerStream, claimsOn, factsOfMove, relocationStream } from '@chargebook/domain';
import type { EventStore, Position } from '@chargebook/event-store';
import { WrongExpectedRevisionError } from '@chargebook/event-store';
import type { Reservations } from '../backplate/reservations';
import { placed } from '../backplate/reservations';
import { inOrderByKey } from '../recording/in-order';
import type { Reading } from '../recording/reading';
import type { Loaded } from '../recording/streams';

export type PlanOutcome = 'COMMITTED' | 'ABANDONED';

/** How long another node is given to decide its own plan before it is taken for dead. */
const PATIENCE_MS = 1_000;
const LOOK_AGAIN_MS = 20;

/**
 * Several moves as one act. No transaction spans their streams: each charger and each place is held for the plan first;
 * one fact in the plan's own stream then decides; then every charger's stream is written, all dismounts before the first
 * mount. Whoever meets something that is held finishes the plan that is decided, and gives up the one that is not: a node
 * that comes back later finds that it lost.
 */
export class RelocationPlans {
  constructor(
    readonly store: EventStore,
    readonly reservations: Reservations,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  /** A charger that no plan holds. */
  async unheld<State>(reading: Reading, load: () => Promise<Loaded<State>>): Promise<Loaded<State>> {
    for (;;) {
      const charger = await load();
      if (!reading.isOfNow) return charger;
      const claims = claimsOn(charger.life.recorded);
      if (claims.length === 0) return charger;
      for (const claim of claims) {
        if ((await this.settle(claim)) === 'ABANDONED') await this.release(charger.stream, claim);
      }
    }
  }

  /** What becomes of a plan; after this it is decided, and done where it was committed. */
  async settle(reference: RelocationReference): Promise<PlanOutcome> {
    const deadlineMs = performance.now() + this.patienceMs;
    for (;;) {
      const recorded = await this.store.read(relocationStream(reference.relocation));
      const planned = recorded.find((fact) => fact.eventId === reference.plan);
      if (planned?.type !== 'RelocationPlanned') return 'ABANDONED';
      if (has(recorded, 'RelocationCommitted', reference)) {
        await this.finish(planned);
        return 'COMMITTED';
      }
      if (has(recorded, 'RelocationAbandoned', reference)) return 'ABANDONED';
      if (performance.now() < deadlineMs) await delay(LOOK_AGAIN_MS);
      else await this.tell(planned, 'RelocationAbandoned', recorded.at(-1)?.revision).catch(unlessLost);
    }
  }

  /**
   * Decides that a plan is done; from here on it will be, whoever does it.
   *
   * @throws WrongExpectedRevisionError when another node gave it up
   */
  async commit(planned: Fact<EventOf<'RelocationPlanned'>>): Promise<void> {
    await this.tell(planned, 'RelocationCommitted', planned.revision);
  }

  /** Gives a plan up, unless it is committed after all: then it is done. */
  async abandon(planned: Fact<EventOf<'RelocationPlanned'>>): Promise<void> {
    await this.tell(planned, 'RelocationAbandoned', planned.revision).catch(unlessLost);
    const { relocation, moves } = planned.data;
    const reference = { relocation, plan: planned.eventId };
    if ((await this.settle(reference)) === 'COMMITTED') return;
    await inParallel(moves, async ({ charger, backplate, mounted }) => {
      await this.release(chargerStream(charger), reference);
      await this.reservations.giveUp(backplate, mounted);
    });
  }

  /**
   * Writes what a committed plan says, as far as it is not written.
   *
   * @param told how its facts are written: as they were planned, or, where that was some time ago, as recorded now
   */
  async finish(
    planned: Fact<EventOf<'RelocationPlanned'>>,
    told: (fact: NewFact) => NewFact = (fact) => ({ ...fact, metadata: this.reservations.recordedNow(fact) }),
  ): Promise<Position | undefined> {
    const { relocation } = planned.data;
    const reference = { relocation, plan: planned.eventId };
    const moves = planned.data.moves.map((move) => ({ ...move, facts: factsOfMove(planned, move) }));
    await inParallel(moves, async ({ facts: { dismounted }, ...move }) => {
      if (dismounted != null) await this.writeOnce(move, told(dismounted));
    });
    await inParallel(moves, ({ facts, ...move }) =>
      this.mountAndRelease(move, told(facts.mounted), reference),
    );
    const completed = await this.complete(planned);
    await inParallel(moves, async ({ backplate, mounted, facts }) => {
      await this.reservations.take(backplate, mounted);
      if (facts.dismounted != null) await this.reservations.free(facts.dismounted);
    });
    return completed;
  }

  /** Every plan is completed once. */
  private async complete(planned: Fact<EventOf<'RelocationPlanned'>>): Promise<Position | undefined> {
    const stream = relocationStream(planned.data.relocation);
    for (;;) {
      const recorded = await this.store.read(stream, planned.revision);
      const reference = { relocation: planned.data.relocation, plan: planned.eventId };
      const completed = recorded.find((fact) => isOutcome(fact, 'RelocationCompleted', reference));
      if (completed != null) return BigInt(completed.bookOrder);
      try {
        return await this.tell(planned, 'RelocationCompleted', recorded.at(-1)?.revision);
      } catch (error) {
        unlessLost(error);
      }
    }
  }

  private async mountAndRelease(
    move: PlannedMove,
    mounted: NewFact,
    reference: RelocationReference,
  ): Promise<void> {
    const { charger } = move;
    const released = this.beside(mounted, { type: 'ChargerReleased', data: { charger, ...reference } });
    await this.writeOnce(move, mounted, (revision) => placed(released, chargerStream(charger), revision));
  }

  /** Appends a fact to a charger's stream unless it is there; other facts about it may have come between. */
  private async writeOnce(
    { charger, decidedOn }: PlannedMove,
    fact: NewFact,
    next?: (revision: number) => NewFact,
  ): Promise<void> {
    const stream = chargerStream(charger);
    for (;;) {
      const recorded = await this.store.read(stream, decidedOn + 1);
      if (recorded.some(({ eventId }) => eventId === fact.eventId)) return;
      const revision = recorded.at(-1)?.revision ?? decidedOn;
      const following = next == null ? [] : [next(revision + 1)];
      try {
        await this.store.append(stream, [fact, ...following], revision);
        return;
      } catch (error) {
        unlessLost(error);
      }
    }
  }

  /** Lets a charger go whose plan was abandoned. */
  private async release(stream: string, reference: RelocationReference): Promise<void> {
    for (;;) {
      const recorded = await this.store.read(stream);
      const held = recorded.find(
        (fact) => fact.type === 'ChargerReserved' && fact.data.plan === reference.plan,
      );
      const last = recorded.at(-1);
      if (held?.type !== 'ChargerReserved' || last == null) return;
      if (!claimsOn(recorded).some(({ plan }) => plan === reference.plan)) return;
      const released = this.beside(held, { type: 'ChargerReleased', data: held.data });
      try {
        await this.store.append(stream, [placed(released, stream, last.revision)], last.revision);
        return;
      } catch (error) {
        unlessLost(error);
      }
    }
  }

  private async tell(
    planned: Fact<EventOf<'RelocationPlanned'>>,
    type: 'RelocationCommitted' | 'RelocationAbandoned' | 'RelocationCompleted',
    revision = planned.revision,
  ): Promise<Position> {
    const stream = relocationStream(planned.data.relocation);
    const data = { relocation: planned.data.relocation, plan: planned.eventId };
    const fact = placed(this.beside(planned, { type, data }), stream, revision);
    return (await this.store.append(stream, [fact], revision)).position;
  }

  private beside(fact: NewFact, event: DomainEvent) {
    const metadata = { ...this.reservations.recordedNow(fact), causationId: fact.eventId };
    return { ...event, schemaVersion: 1, metadata };
  }
}

const MOST_AT_ONCE = 32;

export function inParallel<Move extends { readonly charger: string }, Result>(
  moves: readonly Move[],
  run: (move: Move) => Promise<Result>,
): Promise<Result[]> {
  return inOrderByKey(moves, ({ charger }) => charger, MOST_AT_ONCE, run);
}

function isOutcome(fact: Fact, type: Fact['type'], { plan }: RelocationReference): boolean {
  return fact.type === type && 'plan' in fact.data && fact.data.plan === plan;
}

function has(recorded: readonly Fact[], type: Fact['type'], reference: RelocationReference): boolean {
  return recorded.some((fact) => isOutcome(fact, type, reference));
}

/** Another node was quicker: look again. */
function unlessLost(error: unknown): void {
  if (!(error instanceof WrongExpectedRevisionError)) throw error;
}
