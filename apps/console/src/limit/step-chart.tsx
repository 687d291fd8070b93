import { useCallback, useMemo } from 'react';
import type uPlot from 'uplot';
import { formatNumber } from '../format/format';
import { texts } from '../texts';
import type { Paints } from '../ui/plot';
import { axesWith, onWallClock, Plot } from '../ui/plot';
import { colourOf } from './source-colours';
import type { Steps } from './steps';
import { topAmpsOf } from './steps';

const HEIGHT_PX = 260;

interface ChartProps {
  readonly steps: Steps;
  readonly zone: string;
  /** Where the line of the present is drawn. */
  readonly nowSeconds: number;
  readonly serial: string;
}

/** The effective limit in the colour of what binds it, all sources as thin lines behind. */
export function StepChart({ steps, zone, nowSeconds, serial }: ChartProps) {
  const data = useMemo<uPlot.AlignedData>(
    () => [
      [...steps.times],
      ...steps.sources.map(({ values }) => [...values]),
      [...steps.limit],
      ...steps.binding.map(({ values }) => [...values]),
    ],
    [steps],
  );
  const topAmps = topAmpsOf(steps);
  const options = useCallback(
    (paints: Paints) => ({
      tzDate: onWallClock(zone),
      legend: { show: false },
      cursor: { show: false },
      scales: {
        y: {
          range: (): [number, number] => [0, topAmps],
        },
      },
      axes: axesWith(paints, zone, (amps) => `${formatNumber(amps)} A`),
      series: [
        {},
        ...steps.sources.map(({ kind }) => ({
          stroke: paints.of(colourOf[kind]),
          width: 1,
          alpha: 0.55,
          dash: [3, 3],
          points: { show: false },
        })),
        { stroke: paints.quiet, width: 1, points: { show: false } },
        ...steps.binding.map(({ kind }) => ({
          stroke: paints.of(colourOf[kind]),
          width: 3,
          points: { show: false },
        })),
      ],
      hooks: { draw: [(plot: uPlot) => drawNow(plot, nowSeconds, paints.text)] },
    }),
    [steps, zone, nowSeconds, topAmps],
  );
  return <Plot data={data} options={options} heightPx={HEIGHT_PX} label={texts.limit.chart(serial)} />;
}

function drawNow(plot: uPlot, nowSeconds: number, colour: string): void {
  const x = Math.round(plot.valToPos(nowSeconds, 'x', true));
  const { left, top, width, height } = plot.bbox;
  if (x < left || x > left + width) return;
  const { ctx } = plot;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.setLineDash([4, 4]);
  ctx.beginPath();
  ctx.moveTo(x, top);
  ctx.lineTo(x, top + height);
  ctx.stroke();
  ctx.restore();
}
