import type { Layout } from './layout';
import type { PlannedMove, PlannedStay } from './movements';

/** What hangs where, while moves are planned one after the other. */
export class Yard {
  readonly moves: PlannedMove[] = [];
  private readonly siteOfPlace: ReadonlyMap<string, string>;
  private readonly chargerOn = new Map<string, string>();
  private readonly staysOf = new Map<string, PlannedStay[]>();
  private readonly inRepair = new Set<string>();

  constructor(layout: Layout) {
    this.siteOfPlace = new Map(
      layout.sites.flatMap(({ id, circuits }) =>
        circuits.flatMap(({ backplates }) => backplates.map((place) => [place.id, id] as const)),
      ),
    );
  }

  stays(): ReadonlyMap<string, readonly PlannedStay[]> {
    return this.staysOf;
  }

  placeOf(charger: string): string | undefined {
    return this.currentOf(charger)?.backplate;
  }

  siteOf(charger: string): string | undefined {
    return this.siteOfPlace.get(this.placeOf(charger) ?? '');
  }

  mountedSince(charger: string): number | undefined {
    return this.currentOf(charger)?.fromMs;
  }

  isFree(backplate: string): boolean {
    return !this.chargerOn.has(backplate);
  }

  /** It never hung anywhere. */
  isUnused(charger: string): boolean {
    return !this.staysOf.has(charger);
  }

  isInRepair(charger: string): boolean {
    return this.inRepair.has(charger);
  }

  mount(atMs: number, charger: string, backplate: string, reason?: string): void {
    this.moves.push({ atMs, charger, how: 'mountCharger', backplate, reason });
    this.begin(atMs, charger, backplate);
  }

  dismount(atMs: number, charger: string, destination: 'STORE' | 'REPAIR', reason?: string): void {
    this.moves.push({ atMs, charger, how: 'dismountCharger', destination, reason });
    this.end(atMs, charger);
    if (destination === 'REPAIR') this.inRepair.add(charger);
  }

  relocate(atMs: number, charger: string, backplate: string, reason?: string): void {
    this.moves.push({ atMs, charger, how: 'relocateCharger', backplate, reason });
    this.end(atMs, charger);
    this.begin(atMs, charger, backplate);
  }

  private currentOf(charger: string): PlannedStay | undefined {
    const last = this.staysOf.get(charger)?.at(-1);
    return last?.untilMs == null ? last : undefined;
  }

  private begin(fromMs: number, charger: string, backplate: string): void {
    this.staysOf.set(charger, [...(this.staysOf.get(charger) ?? []), { charger, backplate, fromMs }]);
    this.chargerOn.set(backplate, charger);
    this.inRepair.delete(charger);
  }

  private end(untilMs: number, charger: string): void {
    const stays = this.staysOf.get(charger) ?? [];
    const current = stays.at(-1);
    if (current == null) return;
    this.staysOf.set(charger, [...stays.slice(0, -1), { ...current, untilMs }]);
    this.chargerOn.delete(current.backplate);
  }
}
