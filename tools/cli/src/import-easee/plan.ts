import type { Command, Observation } from '../book-client';
import { commandIdOf } from '../import-sessions/ids';
import type { EaseeCharger, EaseeCircuit, EaseeFleet, EaseeSite, EaseeState } from './easee-fleet';
import type { LeftOut } from './left-out';
import { wire } from './wiring';
import type { Wiring } from './wiring';

/** What is to be told to the book: commands in an order in which it takes them, then what devices report. */
export type EaseePlan = { commands: Command[]; observations: Observation[] };

/** Gives a site its time zone; undefined where it cannot be known. */
export type ZoneOf = (site: EaseeSite) => string | undefined;

type Mutation = Command['mutation'];
/** The input of a mutation, also of one that shares its input with others. */
type InputOf<Name extends Mutation, Any = Command> = Any extends { mutation: infer Names; input: infer Input }
  ? Name extends Names
    ? Input
    : never
  : never;

/** Makes commands out of what the files tell; what cannot be told is noted as left out. */
export function planEasee(fleet: EaseeFleet, zoneOf: ZoneOf, leftOut: LeftOut): EaseePlan {
  const plan = new Planner(fleet, wire(fleet, leftOut), zoneOf);
  return { commands: plan.commands(), observations: plan.observations() };
}

class Planner {
  constructor(
    private readonly fleet: EaseeFleet,
    private readonly wiring: Wiring,
    private readonly zoneOf: ZoneOf,
  ) {}

  commands(): Command[] {
    const { circuits, backplates, primaries, hung } = this.wiring;
    return [
      ...[...this.fleet.sites.values()].map((site) => this.registerSite(site)),
      ...circuits.map((circuit) => this.addCircuit(circuit)),
      ...[...backplates].map(([id, circuit]) =>
        tell('installBackplate', { id, circuit: idOf(circuit.id) }, this.siteTime(circuit)),
      ),
      ...[...primaries].map(([circuit, backplate]) =>
        tell('designatePrimaryBackplate', { circuit: idOf(circuit.id), backplate }, this.siteTime(circuit)),
      ),
      ...[...this.fleet.chargers.values()].map((charger) => this.registerCharger(charger)),
      ...[...hung].map(([backplate, charger]) =>
        tell('mountCharger', { charger: charger.serial, backplate }, this.mountTime(charger)),
      ),
      ...this.circuitSettings(),
      ...[...this.fleet.states.values()].flatMap((state) => this.chargerSettings(state)),
    ];
  }

  observations(): Observation[] {
    return [...this.fleet.states.values()].flatMap((state) => {
      const charger = this.fleet.chargers.get(state.serial);
      const occurredAt = charger == null ? undefined : this.settingTime(charger, state);
      if (state.isOnline !== false || charger == null || occurredAt == null) return [];
      const id = commandIdOf('easee-offline', charger.serial, occurredAt);
      return [{ id, charger: charger.serial, kind: 'CONNECTIVITY_LOST', occurredAt }];
    });
  }

  private registerSite(site: EaseeSite): Command {
    const { id, name = id, address, ratedCurrentAmps, createdAt } = site;
    const timeZone = this.zoneOf(site) ?? '';
    const grid = [...this.wiring.hung.values()]
      .filter(({ serial }) => this.wiring.siteOf(serial)?.id === id)
      .map(({ serial }) => gridOf(this.fleet.states.get(serial)?.grid))
      .find((told) => told != null);
    const input: InputOf<'registerSite'> = { id: idOf(id), name, timeZone, gridType: grid ?? 'TN' };
    return tell('registerSite', { ...input, ...present({ address, ratedCurrentAmps }) }, createdAt);
  }

  private addCircuit(circuit: EaseeCircuit): Command {
    const { id, site, name, fuseRatingAmps, parent } = circuit;
    const details = present({ name, fuseRatingAmps, parent: parent == null ? undefined : idOf(parent) });
    return tell('addCircuit', { id: idOf(id), site: idOf(site), ...details }, this.siteTime(circuit));
  }

  private registerCharger({ serial, productLine, createdAt }: EaseeCharger): Command {
    const phaseMode = PHASE_MODES[this.fleet.states.get(serial)?.phaseMode ?? 0];
    return tell('registerCharger', { serial, ...present({ productLine, phaseMode }) }, createdAt);
  }

  /** As the charger on the primary tells them, or else the first one that does. */
  private circuitSettings(): Command[] {
    return this.wiring.circuits.flatMap((circuit) => {
      const id = idOf(circuit.id);
      const primary = this.wiring.hung.get(this.wiring.primaries.get(circuit) ?? '');
      const own = [...this.wiring.hung.values()].filter(
        ({ serial }) => this.wiring.circuitOf(serial) === circuit,
      );
      const tellers = primary == null ? own : [primary, ...own];
      const setting = (
        name: 'setMaxCircuitCurrent' | 'setOfflineFallbackCurrent' | 'setDynamicCircuitCurrent',
        field: CircuitField,
      ) => {
        const teller = tellers.find(({ serial }) => this.fleet.states.get(serial)?.[field] != null);
        const state = this.fleet.states.get(teller?.serial ?? '');
        const amps = state?.[field];
        if (teller == null || state == null || amps == null) return [];
        return [tell(name, { circuit: id, amps }, this.settingTime(teller, state))];
      };
      return [
        ...setting('setMaxCircuitCurrent', 'maxCircuitAmps'),
        ...setting('setOfflineFallbackCurrent', 'offlineCircuitAmps'),
        ...(primary == null ? [] : setting('setDynamicCircuitCurrent', 'dynamicCircuitAmps')),
      ];
    });
  }

  private chargerSettings(state: EaseeState): Command[] {
    const charger = this.fleet.chargers.get(state.serial);
    if (charger == null) return [];
    const { serial, maxChargerAmps, dynamicChargerAmps, isEnabled } = state;
    const at = this.settingTime(charger, state);
    const isHung = this.wiring.circuitOf(serial) != null;
    return [
      ...(maxChargerAmps == null
        ? []
        : [tell('setMaxChargerCurrent', { charger: serial, amps: maxChargerAmps }, at)]),
      ...(dynamicChargerAmps == null || !isHung
        ? []
        : [tell('setDynamicChargerCurrent', { charger: serial, amps: dynamicChargerAmps }, at)]),
      ...(isEnabled === false ? [tell('disableCharger', { charger: serial }, at)] : []),
    ];
  }

  private siteTime({ site }: EaseeCircuit): string | undefined {
    return this.fleet.sites.get(site)?.createdAt;
  }

  /** Since both the charger and the site are on record; undefined, which is now, where one of them is only now. */
  private mountTime(charger: EaseeCharger): string | undefined {
    const site = this.wiring.siteOf(charger.serial);
    return latest(charger.createdAt, site == null ? charger.createdAt : site.createdAt);
  }

  private settingTime(charger: EaseeCharger, { seenAt }: EaseeState): string | undefined {
    return latest(this.mountTime(charger), seenAt);
  }
}

type CircuitField = 'maxCircuitAmps' | 'offlineCircuitAmps' | 'dynamicCircuitAmps';

const PHASE_MODES: Record<number, 'LOCKED_1' | 'AUTO' | 'LOCKED_3' | undefined> = {
  1: 'LOCKED_1',
  2: 'AUTO',
  3: 'LOCKED_3',
};

/** Of the cloud's codes: 1 to 3 and those of the thirties are TN, 4, 5 and those of the fifties are IT. */
function gridOf(code: number | undefined): 'TN' | 'IT' | undefined {
  if (code == null || code === 0) return undefined;
  if (code <= 3 || (code >= 30 && code < 40)) return 'TN';
  return code <= 5 || (code >= 50 && code < 60) ? 'IT' : undefined;
}

/** Ids of sites and circuits are plain numbers in the cloud. */
function idOf(number: string): string {
  return `easee-${number}`;
}

function latest(one: string | undefined, other: string | undefined): string | undefined {
  if (one == null || other == null) return undefined;
  return one > other ? one : other;
}

/** A command whose key follows from what it says: told again it is known, told with another value it is new. */
function tell<Name extends Mutation>(
  mutation: Name,
  input: InputOf<Name>,
  occurredAt: string | undefined,
): Command {
  const commandId = commandIdOf('easee', mutation, JSON.stringify(input), occurredAt ?? '');
  const options = {
    commandId,
    ...(occurredAt == null ? {} : { occurredAt }),
    reason: 'As the Easee cloud tells it',
  };
  return { mutation, input, options } as Command;
}

function present<Fields extends object>(fields: Fields): Partial<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null)) as Partial<Fields>;
}
