import type { DomainEvent, Fact, Notice } from '@chargebook/domain';
import type { Appended } from '@chargebook/event-store';
import type { Outcome, SettledCommand } from './command-context';
import { newFacts, receipt, recordedFacts } from './receipts';
import type { Loaded, Streams } from './streams';
import { withFacts } from './streams';

/** An append of so many is far from what a store takes at once. */
const MOST_FACTS = 200;

/** The place in the book of facts that are not in it yet: after all others. */
const BOOK_ORDER_TO_COME = 2 ** 52;

/** What some commands on one stream come to, each decided on what those before it have led to, before any of it is written. */
export class Run {
  /** What was looked at for it, with what was decided so far. */
  readonly seen = new Map<string, Loaded<unknown>>();
  /** The commands that lead to something new. */
  readonly decided: { readonly settled: SettledCommand; readonly stream: string }[] = [];
  private readonly commandIds = new Set<string>();
  private readonly facts: Fact[] = [];
  private readonly outcomes: (() => Outcome)[] = [];
  private before: Loaded<unknown> | undefined;

  /** Whether a command can be decided before what is here is written: its first use must be on record for a repeat. */
  hasRoomFor(settled: SettledCommand): boolean {
    return this.facts.length < MOST_FACTS && !this.commandIds.has(settled.commandId);
  }

  /** A command that leads to nothing new. */
  addSettled(outcome: Outcome): void {
    this.outcomes.push(() => outcome);
  }

  addDecided(
    settled: SettledCommand,
    target: Loaded<unknown>,
    { events, notices }: { readonly events: readonly DomainEvent[]; readonly notices: readonly Notice[] },
  ): void {
    this.before ??= target;
    if (this.before.stream !== target.stream) throw new Error('a run of commands is on one stream');
    const added = newFacts(events, target, settled);
    const facts = recordedFacts(added, target, BigInt(BOOK_ORDER_TO_COME + this.facts.length + added.length));
    this.facts.push(...facts);
    this.seen.set(target.stream, withFacts(target, facts));
    this.commandIds.add(settled.commandId);
    this.decided.push({ settled, stream: target.stream });
    this.outcomes.push(() => {
      const last = facts.at(-1);
      const position = last == null ? undefined : BigInt(last.bookOrder);
      return { ...receipt(settled, facts, notices), position };
    });
  }

  /**
   * Writes all that was decided, after exactly what it was decided on.
   *
   * @returns the outcomes of the commands, in their order
   * @throws WrongExpectedRevisionError when others have written there meanwhile: nothing is written then
   */
  async write(append: Append, streams: Streams): Promise<Outcome[]> {
    const { before, facts } = this;
    if (before != null && facts.length > 0) {
      const { position } = await append(before, facts);
      // What was decided on these facts asked only for their order, which stays.
      facts.forEach((fact, index) =>
        Object.assign(fact, { bookOrder: Number(position) - (facts.length - 1 - index) }),
      );
      const after = this.seen.get(before.stream);
      if (after != null) streams.advance(before, after);
    }
    return this.outcomes.map((outcome) => outcome());
  }
}

type Append = (target: Loaded<unknown>, facts: readonly Fact[]) => Promise<Appended>;
