import type { RecordedPlacement } from '../book-client';

/** Where chargers were, are and will be, as the book and the moves planned so far have it. */
export class Placements {
  private readonly byCharger = new Map<string, RecordedPlacement[]>();
  private readonly visitors = new Map<string, Set<string>>();

  constructor(recorded: Iterable<[charger: string, RecordedPlacement[]]>) {
    for (const [charger, placements] of recorded) {
      for (const placement of placements) this.insert(charger, { ...placement });
    }
  }

  /** The placement in force; of several that claim the instant the one that began last. */
  at(charger: string, atMs: number): RecordedPlacement | undefined {
    const latest = this.latestFrom(charger, atMs);
    return latest?.untilMs == null || latest.untilMs > atMs ? latest : undefined;
  }

  /** The last placement that began by then, ended or not. */
  latestFrom(charger: string, atMs: number): RecordedPlacement | undefined {
    return this.of(charger).findLast((placement) => placement.fromMs <= atMs);
  }

  /** A backplate of the site on which the charger hung before, or else will hang later. */
  knownPlace(charger: string, site: string, atMs: number): string | undefined {
    const there = this.of(charger).filter((placement) => placement.site === site);
    return (there.findLast((placement) => placement.fromMs <= atMs) ?? there[0])?.backplate;
  }

  /** The charger that is on the backplate then, as far as this file's chargers are concerned. */
  occupant(backplate: string, atMs: number): string | undefined {
    const chargers = [...(this.visitors.get(backplate) ?? [])];
    return chargers.find((charger) => this.at(charger, atMs)?.backplate === backplate);
  }

  /** Takes the charger off where it is then. */
  end(charger: string, atMs: number): void {
    const placement = this.at(charger, atMs);
    if (placement != null) placement.untilMs = atMs;
  }

  begin(charger: string, placement: RecordedPlacement): void {
    this.end(charger, placement.fromMs);
    this.insert(charger, placement);
  }

  private of(charger: string): RecordedPlacement[] {
    return this.byCharger.get(charger) ?? [];
  }

  private insert(charger: string, placement: RecordedPlacement): void {
    const placements = [...this.of(charger), placement].sort((a, b) => a.fromMs - b.fromMs);
    this.byCharger.set(charger, placements);
    const visitors = this.visitors.get(placement.backplate) ?? new Set();
    this.visitors.set(placement.backplate, visitors.add(charger));
  }
}
