import { onEachPhase, WallClock } from '@chargebook/domain';
import { Chance } from './chance';
import { inSeconds } from './disturbances';
import type { FleetOptions } from './fleet-options';
import { beginOf } from './fleet-options';
import type { LaidCharger, LaidCircuit, LaidSite, Layout } from './layout';
import { midnightOf } from './sessions';
import type { CommandMaker, CommandStep, SimulatedCommand } from './step';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './step';

/** What may be told about a thing at an instant only if it is so then. */
export interface Presence {
  /** The charger that hangs on a place and has power. */
  carrierOn(backplate: string, atMs: number): string | undefined;
  /** Whether a charger hangs somewhere and has power. */
  isPowered(charger: string, atMs: number): boolean;
}

/** Limits that operators and drivers set in a fleet's life. */
export class Settings {
  private readonly chance: Chance;
  private readonly fromMs: number;

  constructor(
    private readonly options: FleetOptions,
    private readonly layout: Layout,
    private readonly presence: Presence,
    private readonly make: CommandMaker,
  ) {
    this.chance = new Chance(options.seed, 'settings');
    this.fromMs = beginOf(options);
  }

  steps(): CommandStep[] {
    const { sites, chargers } = this.layout;
    return [
      ...sites.flatMap((site, n) => this.ofSite(site, n)),
      ...chargers.flatMap((charger, n) => this.ofCharger(charger, n)),
    ];
  }

  /** Since when a charger has a plan; undefined where it never has one that can be switched off. */
  planFrom({ productLine, protocol, registeredMs }: LaidCharger, n: number): number | undefined {
    if (productLine !== 'HOME' || protocol !== 'NATIVE' || n % 3 !== 0) return undefined;
    return Math.max(this.at(0.1 + (n % 7) / 20), registeredMs + DAY_MS);
  }

  private ofSite(site: LaidSite, n: number): CommandStep[] {
    const { id, circuits, ratedCurrentAmps } = site;
    const managed = circuits.filter(({ backplates }) => backplates.length > 0);
    const steps = managed.flatMap((circuit, k) => [
      ...this.dynamicCurrents(site, circuit),
      ...(k === 0 ? this.changedMaximum(site, circuit) : []),
    ]);
    if (n % 3 !== 1) return steps;
    const atMs = Math.max(this.at(0.55), site.builtMs + DAY_MS);
    const input = { site: id, amps: ratedCurrentAmps + 40 };
    const told = { atMs, reason: 'a larger main fuse' };
    return [...steps, step(this.make.command('setSiteRatedCurrent', `rated.${id}`, input, told), atMs, [id])];
  }

  /** Load management, where cars come together: each week long ago, each working day lately. */
  private dynamicCurrents({ model, builtMs }: LaidSite, circuit: LaidCircuit): CommandStep[] {
    const kind = model.kind.name;
    if (kind !== 'Offices' && kind !== 'Depot') return [];
    const { untilMs } = this.options;
    const clock = new WallClock(model.timeZone);
    const steps: CommandStep[] = [];
    for (let dayMs = midnightOf(builtMs) + DAY_MS; dayMs < untilMs; dayMs += DAY_MS) {
      const weekday = new Date(dayMs).getUTCDay();
      const isLately = untilMs - dayMs < 28 * DAY_MS;
      if (weekday === 0 || weekday === 6 || (!isLately && weekday !== 2)) continue;
      const atMs = inSeconds(clock.epochMsOf(dayMs + (kind === 'Depot' ? 16.5 : 7.5) * HOUR_MS));
      steps.push(...this.dynamicCurrent(circuit, atMs, this.chance.whole(3, 9)));
    }
    return [...steps, ...this.dynamicCurrent(circuit, inSeconds(untilMs - 40 * MINUTE_MS), 3)];
  }

  private dynamicCurrent(
    { id, backplates, fuseRatingAmps }: LaidCircuit,
    atMs: number,
    hours: number,
  ): CommandStep[] {
    const amps = onEachPhase(this.chance.whole(10, (fuseRatingAmps ?? 32) - 4));
    const carrier = this.presence.carrierOn(backplates[0]?.id ?? '', atMs);
    if (atMs > this.options.untilMs || carrier == null) return [];
    const input = { circuit: id, amps, timeToLiveSeconds: hours * 3600 };
    const command = this.make.command(
      'setDynamicCircuitCurrent',
      `load.${id}.${(atMs / 1000).toString(36)}`,
      input,
      { atMs },
    );
    return [step(command, atMs, [id, carrier])];
  }

  private changedMaximum({ builtMs }: LaidSite, { id, fuseRatingAmps }: LaidCircuit): CommandStep[] {
    return [0.4, 0.75].map((share, n) => {
      const atMs = Math.max(this.at(share + this.chance.between(-0.05, 0.05)), builtMs + DAY_MS);
      const amps = onEachPhase(this.chance.whole(16, fuseRatingAmps ?? 32));
      const command = this.make.command(
        'setMaxCircuitCurrent',
        `max.${id}.${String(n)}`,
        { circuit: id, amps },
        { atMs },
      );
      return step(command, atMs, [id]);
    });
  }

  private ofCharger(charger: LaidCharger, n: number): CommandStep[] {
    const { serial, productLine, registeredMs } = charger;
    const steps: CommandStep[] = [];
    const tell = (mutation: string, atMs: number, input: object, reason?: string) => {
      const command = this.make.command(
        mutation,
        `${mutation}.${serial}`,
        { charger: serial, ...input },
        { atMs, reason },
      );
      steps.push(step(command, atMs, [serial]));
    };
    const later = (share: number) => Math.max(this.at(share), registeredMs + DAY_MS);
    if (productLine === 'HOME' && n % 2 === 0)
      tell('setMaxChargerCurrent', later(this.chance.between(0.1, 0.8)), {
        amps: this.chance.pick([10, 16, 20]),
      });
    if (n % 11 === 3) tell('setPhaseMode', later(0.3), { mode: 'LOCKED_1', singlePhase: 1 + (n % 3) });
    if (n % 23 === 5) {
      tell('disableCharger', later(0.62), {}, 'the bay is resurfaced');
      tell('enableCharger', later(0.63), {});
    }
    const planMs = this.planFrom(charger, n);
    if (planMs != null)
      tell('setChargePlan', planMs, { timeZone: this.zoneOf(charger), ...PLANS[(n / 3) % PLANS.length] });
    steps.push(...this.dynamicChargerCurrents(serial));
    return steps;
  }

  private dynamicChargerCurrents(serial: string): CommandStep[] {
    const { untilMs } = this.options;
    const times = [
      ...Array.from({ length: this.chance.times(3) }, () => this.at(this.chance.between(0.3, 0.99))),
      untilMs - 15 * MINUTE_MS,
    ];
    return times.flatMap((atMs, n) => {
      const isLast = n === times.length - 1;
      const at = inSeconds(atMs);
      const input = {
        charger: serial,
        amps: this.chance.whole(6, 25),
        timeToLiveSeconds: 3600 * this.chance.whole(2, 8),
      };
      if ((isLast && !this.chance.happens(0.1)) || !this.presence.isPowered(serial, at)) return [];
      const command = this.make.command('setDynamicChargerCurrent', `dynamic.${serial}.${String(n)}`, input, {
        atMs: at,
      });
      return [step(command, at, [serial])];
    });
  }

  /** The zone in which its driver reads a clock. */
  private zoneOf({ backplate }: LaidCharger): string | undefined {
    const site = this.layout.sites.find(({ circuits }) =>
      circuits.some(({ backplates }) => backplates.some(({ id }) => id === backplate)),
    );
    return site?.model.timeZone;
  }

  /** The instant at a share of the fleet's life. */
  private at(share: number): number {
    const { untilMs } = this.options;
    return inSeconds(this.fromMs + share * (untilMs - this.fromMs));
  }
}

const WEEKDAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'];
const PLANS = [
  { kind: 'RECURRING', windows: [{ start: '22:00', stop: '06:00' }] },
  {
    kind: 'RECURRING',
    windows: [
      { weekdays: WEEKDAYS, start: '20:00', stop: '07:00', limitAmps: 16 },
      { weekdays: ['SATURDAY', 'SUNDAY'], start: '00:00', stop: '23:59' },
    ],
  },
];

function step(command: SimulatedCommand, atMs: number, things: readonly string[]): CommandStep {
  return { kind: 'COMMAND', atMs, command, things };
}
