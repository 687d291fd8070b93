/**
 * Where the latest events stand, by their ids, so that a writer with no expectation can repeat itself. Bounded: two
 * generations, the older is dropped whole when the younger is full. An entry is a hint; the log has the truth.
 */
export class RecentIds {
  private young = new Map<string, number>();
  private old = new Map<string, number>();

  constructor(private readonly generationSize = 32_768) {}

  add(id: string, position: number): void {
    this.young.set(id, position);
    if (this.young.size < this.generationSize) return;
    this.old = this.young;
    this.young = new Map();
  }

  positionOf(id: string): number | undefined {
    return this.young.get(id) ?? this.old.get(id);
  }
}
