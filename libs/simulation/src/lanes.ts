import { groupedBy } from './grouping';
import type { Step } from './step';
import { DAY_MS } from './step';

/** Steps of things that belong together, in the order in which they happened; lanes do not depend on each other. */
export interface Lane {
  steps(): Iterable<Step>;
}

/** Sorts what is told about things into lanes. */
export class LaneSorter {
  private readonly parents = new Map<string, string>();
  private readonly lives: { readonly thing: string; readonly life: () => Iterable<Step> }[] = [];

  /** These belong into one lane. */
  connect(things: readonly string[]): void {
    for (const thing of things) this.parents.set(this.rootOf(thing), this.rootOf(things[0] ?? thing));
  }

  /** Adds what is told about a thing, in its order. */
  add(thing: string, life: () => Iterable<Step>): void {
    this.lives.push({ thing, life });
  }

  lanes(): Lane[] {
    const byRoot = groupedBy(this.lives, ({ thing }) => this.rootOf(thing));
    return [...byRoot.values()].map((lives) => ({
      steps: () => inTimeOrder(lives.map(({ life }) => life())),
    }));
  }

  private rootOf(thing: string): string {
    let root = thing;
    for (
      let parent = this.parents.get(root);
      parent != null && parent !== root;
      parent = this.parents.get(root)
    )
      root = parent;
    if (root !== thing) this.parents.set(thing, root);
    return root;
  }
}

/** How far one source is read ahead of the others. */
const WINDOW_MS = 3 * DAY_MS;

/** Several sequences of steps, each in its order, as one in the order of time. */
export function* inTimeOrder(sources: readonly Iterable<Step>[]): Generator<Step> {
  const readers = sources.map((source) => new Reader(source[Symbol.iterator]()));
  for (;;) {
    const nextMs = Math.min(...readers.map(({ next }) => next?.atMs ?? Infinity));
    if (nextMs === Infinity) return;
    const window = readers.flatMap((reader) => reader.readUntil(nextMs + WINDOW_MS));
    yield* window.sort((a, b) => a.atMs - b.atMs);
  }
}

class Reader {
  next: Step | undefined;

  constructor(private readonly source: Iterator<Step>) {
    this.advance();
  }

  readUntil(untilMs: number): Step[] {
    const steps: Step[] = [];
    for (; this.next != null && this.next.atMs < untilMs; this.advance()) steps.push(this.next);
    return steps;
  }

  private advance(): void {
    const { done, value } = this.source.next();
    this.next = done === true ? undefined : value;
  }
}
