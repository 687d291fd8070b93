import { useCallback, useMemo } from 'react';
import uPlot from 'uplot';
import { formatEnergy, formatNumber } from '../format/format';
import { texts } from '../texts';
import type { Paints } from '../ui/plot';
import { axesWith, onWallClock, Plot } from '../ui/plot';
import type { Figures } from './activity-queries';

const HEIGHT_PX = 220;

/** A bar for each bucket; one in which nobody told any energy has none. */
export function EnergyChart({ figures, zone }: { figures: readonly Figures[]; zone: string }) {
  const data = useMemo<uPlot.AlignedData>(
    () => [
      figures.map((each) => Date.parse(each.from) / 1000),
      figures.map((each) => (each.energyWattHours == null ? null : each.energyWattHours / 1000)),
    ],
    [figures],
  );
  const options = useCallback(
    (paints: Paints) => ({
      tzDate: onWallClock(zone),
      legend: { show: false },
      cursor: { show: false },
      scales: {
        y: {
          range: (_plot: uPlot, _min: number, max: number): [number, number] => [0, max > 0 ? max * 1.08 : 1],
        },
      },
      axes: axesWith(paints, zone, (kWh) => `${formatNumber(kWh)} kWh`),
      series: [
        {},
        {
          fill: paints.accent,
          stroke: paints.accent,
          width: 0,
          points: { show: false },
          paths: uPlot.paths.bars?.({ size: [0.7, 40], align: 1 }),
        },
      ],
    }),
    [zone],
  );
  const total = figures.reduce((sum, each) => sum + (each.energyWattHours ?? 0), 0);
  return (
    <Plot
      data={data}
      options={options}
      heightPx={HEIGHT_PX}
      label={`${texts.consumption.chart}: ${formatEnergy(total)}`}
    />
  );
}
