import { expect } from '@jest/globals';
import type { Outcome } from './book.fixtures';
import { Book } from './book.fixtures';
import type { ServerProcess } from './server-process.fixtures';

/** A move that was sent; without an outcome nobody knows yet what became of it. */
interface Sent {
  readonly commandId: string;
  readonly input: { readonly charger: string; readonly backplate: string };
  outcome?: Outcome;
}

/** Moves a charger of its own to and fro between two places until the server is gone, and remembers what it was told. */
export class Mover {
  readonly sent: Sent[] = [];

  constructor(
    private readonly name: string,
    private readonly circuit: string,
  ) {}

  get acknowledgedCount(): number {
    return this.sent.filter(({ outcome }) => outcome != null).length;
  }

  async prepare(server: ServerProcess): Promise<void> {
    const { name, circuit } = this;
    const world: [string, object][] = [
      ['installBackplate', { id: this.placeOf(0), circuit }],
      ['installBackplate', { id: this.placeOf(1), circuit }],
      ['registerCharger', { serial: name }],
      ['mountCharger', { charger: name, backplate: this.placeOf(0) }],
    ];
    const commands = world.map(([mutation, input]) => ({ name: mutation, input }));
    const outcomes = await new Book(server).commands(commands);
    expect(outcomes.map(({ __typename: type }) => type)).toEqual(world.map(() => 'Receipt'));
  }

  /** One move after the other; ends at the first that gets no answer, or none that says what became of it. */
  async moveUntilGone(server: ServerProcess): Promise<void> {
    const book = new Book(server);
    for (;;) {
      const n = this.sent.length + 1;
      const input = { charger: this.name, backplate: this.placeOf(n % 2) };
      const move: Sent = { commandId: `${this.name}.${String(n)}`, input };
      this.sent.push(move);
      try {
        move.outcome = await send(book, move);
      } catch {
        return;
      }
    }
  }

  /** Sends again all that was sent, and expects each told receipt to be the same, and each move to be there once. */
  async checkAll(server: ServerProcess): Promise<void> {
    const book = new Book(server);
    for (const move of this.sent) {
      const again = await send(book, move);
      if (move.outcome != null) expect(again).toEqual(move.outcome);
      expect(again.__typename).toBe('Receipt');
    }
    const last = this.placeOf(this.sent.length % 2);
    const told = await book.query(
      `query ($charger: ID!, $first: ID!, $second: ID!) {
        charger(serial: $charger) { placement { backplateId } placements { totalCount }
          mounts: history(types: ["ChargerMounted"]) { totalCount } }
        first: backplate(id: $first) { charger { serial } } second: backplate(id: $second) { charger { serial } } }`,
      { charger: this.name, first: this.placeOf(0), second: this.placeOf(1) },
    );
    const count = { totalCount: this.sent.length + 1 };
    const here = { charger: { serial: this.name } };
    expect(told).toEqual({
      charger: { placement: { backplateId: last }, placements: count, mounts: count },
      first: last === this.placeOf(0) ? here : { charger: null },
      second: last === this.placeOf(1) ? here : { charger: null },
    });
  }

  private placeOf(number: number): string {
    return `${this.name}.${String(number)}`;
  }
}

function send(book: Book, { commandId, input }: Sent): Promise<Outcome> {
  return book.command('relocateCharger', input, { commandId });
}
