import type { LaidSite, Layout } from './layout';
import type { CommandMaker, SimulatedCommand } from './step';
import { onEachPhase } from '@chargebook/domain';
import { HOUR_MS } from './step';

/** Commands that build what a fleet stands on, in levels: those of one level do not need each other. */
export function structureOf(layout: Layout, make: CommandMaker): SimulatedCommand[][] {
  const { operators, sites, chargers } = layout;
  const circuits = sites.flatMap((site) => site.circuits.map((circuit) => ({ site, circuit })));
  return [
    operators.map(({ id, name }) => make.command('registerOperator', id, { id, name })),
    sites.map((site) => registerSite(site, make)),
    ...[true, false].map((isFeeder) =>
      circuits
        .filter(({ circuit }) => (circuit.parent == null) === isFeeder)
        .map(({ site, circuit: { id, name, fuseRatingAmps, parent } }) =>
          make.command(
            'addCircuit',
            id,
            {
              id,
              site: site.id,
              name,
              ...(fuseRatingAmps == null ? {} : { fuseRatingAmps }),
              ...(parent == null ? {} : { parent }),
            },
            { atMs: site.builtMs },
          ),
        ),
    ),
    circuits.flatMap(({ site, circuit }) =>
      circuit.backplates.map(({ id, label }) =>
        make.command('installBackplate', id, { id, circuit: circuit.id, label }, { atMs: site.builtMs }),
      ),
    ),
    [
      ...circuits.flatMap(({ site, circuit }) => firstSettings(site, circuit, make)),
      ...chargers.map(({ serial, productLine, protocol, operator, registeredMs }) =>
        make.command(
          'registerCharger',
          serial,
          {
            serial,
            model: productLine === 'HOME' ? 'Berry H1' : 'Berry P1',
            productLine,
            ratedCurrentAmps: 32,
            protocol,
            operator,
          },
          { atMs: registeredMs },
        ),
      ),
    ],
  ].filter((level) => level.length > 0);
}

function registerSite(site: LaidSite, make: CommandMaker): SimulatedCommand {
  const { id, name, operator, ratedCurrentAmps, builtMs, model } = site;
  const { timeZone, gridType } = model;
  const input = { id, name, timeZone, gridType, ratedCurrentAmps, operator };
  return make.command('registerSite', id, input, { atMs: builtMs });
}

function firstSettings(
  { builtMs }: LaidSite,
  circuit: LaidSite['circuits'][number],
  make: CommandMaker,
): SimulatedCommand[] {
  const { id, backplates, fuseRatingAmps } = circuit;
  const primary = backplates[0]?.id;
  if (primary == null) return [];
  const told = { atMs: builtMs + HOUR_MS };
  return [
    make.command(
      'designatePrimaryBackplate',
      `primary.${id}`,
      { circuit: id, backplate: primary },
      { atMs: builtMs },
    ),
    make.command('setOfflineFallbackCurrent', `fallback.${id}`, { circuit: id, amps: onEachPhase(10) }, told),
    // A little below the fuse, which is to stay cool.
    ...(fuseRatingAmps == null
      ? []
      : [
          make.command(
            'setMaxCircuitCurrent',
            `max.${id}`,
            { circuit: id, amps: onEachPhase(fuseRatingAmps - 4) },
            told,
          ),
        ]),
  ];
}
