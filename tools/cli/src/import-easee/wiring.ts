import type { EaseeCharger, EaseeCircuit, EaseeFleet, EaseeSite } from './easee-fleet';
import type { LeftOut } from './left-out';

/** What is where, without contradictions. */
export type Wiring = {
  /** Those whose site is told; a parent comes before its children. */
  circuits: EaseeCircuit[];
  backplates: Map<string, EaseeCircuit>;
  /** One backplate a circuit at most. */
  primaries: Map<EaseeCircuit, string>;
  /** The charger on a backplate. */
  hung: Map<string, EaseeCharger>;
  circuitOf: (serial: string) => EaseeCircuit | undefined;
  siteOf: (serial: string) => EaseeSite | undefined;
};

/** Brings together which circuit, backplate and charger belong together; what contradicts that is left out. */
export function wire(fleet: EaseeFleet, leftOut: LeftOut): Wiring {
  const circuits = circuitsOf(fleet, leftOut);
  const byId = new Map(circuits.map((circuit) => [circuit.id, circuit]));
  // Chargers that name their circuit go before those of which only the backplate is known.
  const chargers = [...fleet.chargers.values()].sort(
    (a, b) => Number(b.circuit != null) - Number(a.circuit != null),
  );
  const backplates = new Map<string, EaseeCircuit>();
  for (const { circuit: id, backplate, primary } of chargers) {
    const circuit = byId.get(id ?? '');
    for (const place of [backplate, primary])
      if (circuit != null && place != null && !backplates.has(place)) backplates.set(place, circuit);
  }
  const hung = hang(chargers, backplates, leftOut);
  const circuitOf = (serial: string) =>
    backplates.get([...hung].find(([, charger]) => charger.serial === serial)?.[0] ?? '');
  return {
    circuits,
    backplates,
    primaries: primariesOf(circuits, chargers, { backplates, hung }, leftOut),
    hung,
    circuitOf,
    siteOf: (serial) => fleet.sites.get(circuitOf(serial)?.site ?? ''),
  };
}

function circuitsOf(fleet: EaseeFleet, leftOut: LeftOut): EaseeCircuit[] {
  const placed: EaseeCircuit[] = [];
  let left = [...fleet.circuits.values()].filter(({ id, site }) => {
    if (!fleet.sites.has(site)) leftOut.problem(`circuit ${id}: is in site ${site}, which no file tells`);
    return fleet.sites.has(site);
  });
  while (left.length > 0) {
    const next = left.filter(({ parent }) => parent == null || placed.some(({ id }) => id === parent));
    if (next.length === 0) {
      for (const { id } of left) leftOut.problem(`circuit ${id}: hangs on a circuit that no file tells`);
      break;
    }
    placed.push(...next);
    left = left.filter((circuit) => !next.includes(circuit));
  }
  return placed;
}

function hang(
  chargers: EaseeCharger[],
  backplates: Map<string, EaseeCircuit>,
  leftOut: LeftOut,
): Map<string, EaseeCharger> {
  const hung = new Map<string, EaseeCharger>();
  for (const charger of chargers) {
    const { serial, backplate } = charger;
    if (backplate == null) continue;
    const other = hung.get(backplate);
    if (other != null)
      leftOut.problem(`charger ${serial}: not mounted, for ${other.serial} hangs on backplate ${backplate}`);
    else if (!backplates.has(backplate))
      leftOut.problem(
        `charger ${serial}: not mounted, for no file tells the circuit of backplate ${backplate}`,
      );
    else hung.set(backplate, charger);
  }
  return hung;
}

/** The one that the circuit names, else one that holds a charger, else the first that a charger names. */
function primariesOf(
  circuits: EaseeCircuit[],
  chargers: EaseeCharger[],
  { backplates, hung }: Pick<Wiring, 'backplates' | 'hung'>,
  leftOut: LeftOut,
): Map<EaseeCircuit, string> {
  const primaries = new Map<EaseeCircuit, string>();
  for (const circuit of circuits) {
    const named = chargers.flatMap(({ circuit: id, primary }) =>
      id === circuit.id && primary != null ? primary : [],
    );
    const all = [...new Set([...(circuit.primary == null ? [] : [circuit.primary]), ...named])];
    const own = all.filter((backplate) => backplates.get(backplate) === circuit);
    const primary =
      own.find((backplate) => backplate === circuit.primary) ??
      own.find((backplate) => hung.has(backplate)) ??
      own[0];
    if (primary == null) continue;
    primaries.set(circuit, primary);
    for (const other of all)
      if (other !== primary)
        leftOut.problem(
          `circuit ${circuit.id}: backplate ${other} is named as its primary as well; it is ${primary}`,
        );
  }
  return primaries;
}
