import { Chance } from './chance';
import type { StayAtSite } from './charger-life';
import { ChargerLife } from './charger-life';
import { faultsOf, offlineSpansOf, powerCutsOf } from './disturbances';
import { finaleOf } from './finale';
import type { FleetOptions } from './fleet-options';
import { beginOf, keyOf } from './fleet-options';
import { groupedBy } from './grouping';
import type { Lane } from './lanes';
import { LaneSorter } from './lanes';
import type { LaidCharger, LaidSite, Layout } from './layout';
import { layOut } from './layout';
import type { Movements, PlannedMove, PlannedStay } from './movements';
import { planMovements } from './movements';
import { Settings } from './settings';
import type { CommandStep, SimulatedCommand, SpanMs } from './step';
import { CommandMaker, contains } from './step';
import { structureOf } from './structure';

/** A fleet's whole life, to be told to a book. */
export interface Fleet {
  readonly options: FleetOptions;
  readonly layout: Layout;
  /** What it stands on, in levels: those of one level do not need each other. */
  readonly structure: readonly (readonly SimulatedCommand[])[];
  /** Its life; the lanes do not need each other. */
  readonly lanes: readonly Lane[];
  /** What is told last, one after the other: what was noticed late, and what is corrected. */
  readonly finale: readonly SimulatedCommand[];
}

/** A fleet with its life; the same options give the same fleet, to the letter. */
export function simulateFleet(asked: FleetOptions): Fleet {
  // The keys of a fleet tell its end in whole seconds.
  const options = { ...asked, untilMs: Math.floor(asked.untilMs / 1000) * 1000 };
  const layout = layOut(options);
  const movements = planMovements(options, layout);
  const make = new CommandMaker(keyOf(options));
  const whereabouts = new Whereabouts(options, layout, movements);
  const settings = new Settings(options, layout, whereabouts, make);
  const sorter = new LaneSorter();
  const told = [...settings.steps(), ...movements.moves.map((move) => moveStep(move, movements, make))];
  for (const step of told) {
    sorter.connect(step.things);
    sorter.add(step.things[0] ?? '', () => [step]);
  }
  const lives = new Map(layout.chargers.map((charger, n) => [charger.serial, lifeOf(charger, n)]));
  for (const [serial, life] of lives) sorter.add(serial, () => life().steps());
  function lifeOf(charger: LaidCharger, n: number) {
    const parts = whereabouts.partsOf(charger, n);
    return () => new ChargerLife({ ...parts, planFromMs: settings.planFrom(charger, n) }, options, make);
  }
  const lateLife = lives.get(movements.late?.charger ?? '');
  return {
    options,
    layout,
    structure: structureOf(layout, make),
    lanes: sorter.lanes(),
    finale: finaleOf(
      { options, layout, movements, make, told: told.map(({ command }) => command) },
      lateLife?.().steps() ?? [],
    ),
  };
}

function moveStep(move: PlannedMove, { stays }: Movements, make: CommandMaker): CommandStep {
  const { atMs, charger, how, reason } = move;
  const name = `move.${charger}.${(atMs / 1000).toString(36)}`;
  const input = how === 'dismountCharger' ? { destination: move.destination } : { backplate: move.backplate };
  const command = make.command(how, name, { charger, ...input }, { atMs, reason });
  const places = (stays.get(charger) ?? []).map(({ backplate }) => backplate);
  return { kind: 'COMMAND', atMs, command, things: [charger, ...places] };
}

/** What hangs where in a fleet's life, and what keeps it from working. */
class Whereabouts {
  private readonly sites: ReadonlyMap<string, LaidSite>;
  private readonly staysOn: ReadonlyMap<string, readonly PlannedStay[]>;
  private readonly powerCuts: ReadonlyMap<string, readonly SpanMs[]>;
  private readonly offline: number;
  private readonly faulty: number;

  constructor(
    private readonly options: FleetOptions,
    layout: Layout,
    private readonly movements: Movements,
  ) {
    this.sites = new Map(
      layout.sites.flatMap((site) =>
        site.circuits.flatMap(({ backplates }) => backplates.map(({ id }) => [id, site] as const)),
      ),
    );
    this.staysOn = groupedBy([...movements.stays.values()].flat(), ({ backplate }) => backplate);
    this.powerCuts = new Map(layout.sites.map(({ id, builtMs }) => [id, powerCutsOf(options, id, builtMs)]));
    const chance = new Chance(options.seed, 'at the end');
    const last = layout.chargers.length - 1;
    [this.offline, this.faulty] = [chance.whole(1, last), chance.whole(1, last)];
  }

  carrierOn(backplate: string, atMs: number): string | undefined {
    const stay = this.staysOn.get(backplate)?.find((span) => contains(span, atMs));
    return stay != null && this.isPowered(stay.charger, atMs) ? stay.charger : undefined;
  }

  isPowered(charger: string, atMs: number): boolean {
    const stay = this.movements.stays.get(charger)?.find((span) => contains(span, atMs));
    const cuts = this.powerCuts.get(this.sites.get(stay?.backplate ?? '')?.id ?? '') ?? [];
    return stay != null && !cuts.some((cut) => contains(cut, atMs));
  }

  partsOf({ serial, registeredMs }: LaidCharger, n: number) {
    const life = { fromMs: registeredMs };
    return {
      serial,
      key: keyOf(this.options),
      stays: (this.movements.stays.get(serial) ?? []).flatMap((stay) => this.atSite(stay)),
      offlineSpans: offlineSpansOf(this.options, serial, life, n === this.offline),
      faults: faultsOf(this.options, serial, life, n === this.faulty),
    };
  }

  private atSite({ backplate, fromMs, untilMs }: PlannedStay): StayAtSite[] {
    const site = this.sites.get(backplate);
    if (site == null) return [];
    const { kind, timeZone } = site.model;
    return [{ fromMs, untilMs, kind, timeZone, powerCuts: this.powerCuts.get(site.id) ?? [] }];
  }
}

/** How many facts are told in all, counted by making them. */
export function countSteps(fleet: Fleet): number {
  let count = fleet.structure.flat().length + fleet.finale.length;
  for (const lane of fleet.lanes) for (const _ of lane.steps()) count++;
  return count;
}

export function lifeOfFleetMs({ options }: Fleet): number {
  return options.untilMs - beginOf(options);
}
