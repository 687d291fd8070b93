import { Chance } from './chance';
import type { FleetOptions } from './fleet-options';
import { beginOf } from './fleet-options';
import type { SiteModel } from './site-kinds';
import { SITE_MODELS } from './site-kinds';
import { DAY_MS } from './step';

/** What is built once and stays: sites, circuits and backplates, and the chargers that there are. */
export interface Layout {
  readonly operators: readonly { readonly id: string; readonly name: string }[];
  readonly sites: readonly LaidSite[];
  readonly chargers: readonly LaidCharger[];
}

export interface LaidSite {
  readonly id: string;
  readonly name: string;
  readonly model: SiteModel;
  readonly operator: string;
  readonly builtMs: number;
  readonly ratedCurrentAmps: number;
  readonly circuits: readonly LaidCircuit[];
}

export interface LaidCircuit {
  readonly id: string;
  readonly name: string;
  /** Absent where nobody knows it. */
  readonly fuseRatingAmps?: number;
  readonly parent?: string;
  /** The first one is the primary. */
  readonly backplates: readonly LaidBackplate[];
}

export interface LaidBackplate {
  readonly id: string;
  readonly label: string;
}

export interface LaidCharger {
  readonly serial: string;
  readonly operator: string;
  readonly productLine: 'HOME' | 'PRO';
  readonly protocol: 'NATIVE' | 'OCPP';
  readonly registeredMs: number;
  /** Where it hangs first; absent for a spare unit. */
  readonly backplate?: string;
}

const OPERATORS = [
  { id: 'north-charging', name: 'North Charging' },
  { id: 'south-charging', name: 'South Charging' },
];
const MOST_ON_A_CIRCUIT = 5;
/** Every so many chargers have a unit in spare, and a site has an empty backplate for every so many. */
const CHARGERS_PER_SPARE = 20;
const CHARGERS_PER_EMPTY_BACKPLATE = 7;

/** Lays a fleet out; the same options give the same fleet. */
export function layOut(options: FleetOptions): Layout {
  const { chargerCount, siteCount } = options;
  const prefix = options.prefix ?? '';
  const spareCount = chargerCount < 4 ? 0 : Math.max(1, Math.floor(chargerCount / CHARGERS_PER_SPARE));
  const counts = shared(chargerCount - spareCount, siteCount);
  const operators = OPERATORS.map(({ id, name }) => ({ id: `${prefix}${id}`, name }));
  const northern = Math.ceil(siteCount * 0.6);
  const sites = counts.map((count, n) =>
    siteOf(options, n, count, operators[n < northern ? 0 : 1]?.id ?? ''),
  );
  const serialOf = (n: number) => `${prefix}CB-${String(n + 1).padStart(4, '0')}`;
  const mounted = sites
    .flatMap((site, n) => firstBackplates(site, counts[n] ?? 0).map((backplate) => ({ site, backplate })))
    .map(({ site, backplate }, n) => chargerOf(serialOf(n), site, backplate));
  const spares = Array.from({ length: spareCount }, (_, n): LaidCharger => ({
    serial: serialOf(mounted.length + n),
    operator: operators[n % 2 === 0 || northern >= siteCount ? 0 : 1]?.id ?? '',
    productLine: 'PRO',
    protocol: 'NATIVE',
    registeredMs: beginOf(options),
  }));
  return { operators, sites, chargers: [...mounted, ...spares] };
}

/** Deals chargers out among sites by their models' weights, at least one each where there are enough. */
function shared(chargerCount: number, siteCount: number): number[] {
  const weights = Array.from({ length: siteCount }, (_, n) => modelOf(n).weight);
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  let [weight, dealt] = [0, 0];
  return weights.map((own) => {
    weight += own;
    const count = Math.round((chargerCount * weight) / whole) - dealt;
    dealt += count;
    return count;
  });
}

function modelOf(n: number): SiteModel {
  const model = SITE_MODELS[n % SITE_MODELS.length];
  if (model == null) throw new Error('there are no models of sites');
  return model;
}

function siteOf(options: FleetOptions, n: number, chargerCount: number, operator: string): LaidSite {
  const model = modelOf(n);
  const chance = new Chance(options.seed, 'site', n);
  const round = Math.floor(n / SITE_MODELS.length);
  const id = `${options.prefix ?? ''}${model.id}${round === 0 ? '' : `-${String(round + 1)}`}`;
  const name = round === 0 ? model.name : `${model.name} ${String(round + 1)}`;
  const life = options.untilMs - beginOf(options);
  // The last sites of each round are built while the first ones are in use.
  const late = [0, 0, 0, 0, 0, 0.06, 0.12, 0.2][n % SITE_MODELS.length] ?? 0;
  const builtMs = beginOf(options) + Math.floor((late * life) / DAY_MS) * DAY_MS;
  const backplateCount = chargerCount + Math.max(1, Math.round(chargerCount / CHARGERS_PER_EMPTY_BACKPLATE));
  const circuits = circuitsOf(id, backplateCount, n, chance);
  const ratedCurrentAmps = backplateCount > 6 ? 160 : 80;
  return { id, name, model, operator, builtMs, ratedCurrentAmps, circuits };
}

function circuitsOf(site: string, backplateCount: number, n: number, chance: Chance): LaidCircuit[] {
  const count = Math.ceil(backplateCount / MOST_ON_A_CIRCUIT);
  // Circuits of large sites hang on a feeder of their own.
  const feeder: LaidCircuit | undefined =
    count < 2 || n % 2 === 1
      ? undefined
      : { id: `${site}-feeder`, name: 'Feeder', fuseRatingAmps: 100, backplates: [] };
  let next = 0;
  const circuits = Array.from({ length: count }, (_, k): LaidCircuit => {
    const own = Math.floor(((k + 1) * backplateCount) / count) - next;
    const backplates = Array.from({ length: own }, () => {
      const number = String(++next).padStart(2, '0');
      return { id: `${site}-${number}`, label: `Bay ${number}` };
    });
    const isUnknown = n % SITE_MODELS.length === 3 && k === count - 1;
    const fuseRatingAmps = isUnknown ? undefined : chance.pick([32, 40, 63]);
    const id = `${site}-circuit-${String(k + 1)}`;
    return { id, name: `Circuit ${String(k + 1)}`, fuseRatingAmps, parent: feeder?.id, backplates };
  });
  return feeder == null ? circuits : [feeder, ...circuits];
}

/** The places that are taken first: spread over the circuits, so that each has its primary in use. */
function firstBackplates({ circuits }: LaidSite, count: number): LaidBackplate[] {
  const rows = Array.from({ length: MOST_ON_A_CIRCUIT }, (_, row) =>
    circuits.flatMap(({ backplates }) => backplates[row] ?? []),
  );
  const taken = new Set(rows.flat().slice(0, count));
  return circuits.flatMap(({ backplates }) => backplates.filter((backplate) => taken.has(backplate)));
}

function chargerOf(serial: string, site: LaidSite, backplate: LaidBackplate): LaidCharger {
  const { productLine } = site.model.kind;
  // Those in streets are run over OCPP.
  const protocol = site.model.kind.name === 'Street' ? 'OCPP' : 'NATIVE';
  return {
    serial,
    operator: site.operator,
    productLine,
    protocol,
    registeredMs: site.builtMs,
    backplate: backplate.id,
  };
}
