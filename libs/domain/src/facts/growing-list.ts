/** What an item is found by; absent where it is not to be found. Always the same function for the same look-up. */
export type NameOf<Item> = (item: Item) => string | undefined;

/**
 * A list that never changes. Longer ones are made of it without copying: lists that grew from one another hold their items
 * once, and each knows how far it reaches.
 */
export class GrowingList<Item> {
  private array?: readonly Item[];

  private constructor(
    private readonly held: Held<Item>,
    readonly length: number,
  ) {}

  static of<Item>(items: readonly Item[]): GrowingList<Item> {
    return new GrowingList(new Held([...items]), items.length);
  }

  with(added: readonly Item[]): GrowingList<Item> {
    // Another list has grown from this one already: they go different ways from here.
    const held = this.held.items.length === this.length ? this.held : new Held([...this.toArray()]);
    for (const item of added) held.items.push(item);
    return new GrowingList(held, held.items.length);
  }

  get last(): Item | undefined {
    return this.held.items[this.length - 1];
  }

  toArray(): readonly Item[] {
    return (this.array ??= this.held.items.slice(0, this.length));
  }

  /** The items of a name, in the order of the list; found without going through all others. */
  named(nameOf: NameOf<Item>, name: string): readonly Item[] {
    const items: Item[] = [];
    for (const place of this.held.placesOf(nameOf, name)) {
      const item = this.held.items[place];
      if (place < this.length && item != null) items.push(item);
    }
    return items;
  }
}

/** Items that several lists share, and where they are by their names. */
class Held<Item> {
  private readonly indices = new Map<NameOf<Item>, Index>();

  constructor(readonly items: Item[]) {}

  placesOf(nameOf: NameOf<Item>, name: string): readonly number[] {
    const index = this.indices.get(nameOf) ?? { places: new Map<string, number[]>(), reach: 0 };
    this.indices.set(nameOf, index);
    for (; index.reach < this.items.length; index.reach++) {
      const named = nameOf(this.items[index.reach] as Item);
      if (named == null) continue;
      const places = index.places.get(named);
      if (places == null) index.places.set(named, [index.reach]);
      else places.push(index.reach);
    }
    return index.places.get(name) ?? [];
  }
}

interface Index {
  readonly places: Map<string, number[]>;
  /** How many items it knows. */
  reach: number;
}
