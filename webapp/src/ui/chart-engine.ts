import uPlot from 'uplot';
import { dateTime, number } from '../words/words.ts';
import type { ChartSeries } from './chart.tsx';
import './chart.css';

export interface Drawing {
  times: readonly number[];
  series: readonly ChartSeries[];
  unit: string;
  max: number | undefined;
  height: number;
}

const DAY_MS = 86_400_000;
// As many as the style sheet names (`--line-0` …).
const COLOURS = 4;

/** Draws in the colours that hold now; the caller destroys it. */
export function drawChart(box: HTMLElement, { times, series, unit, max, height }: Drawing): uPlot {
  const style = getComputedStyle(box);
  const colour = (name: string): string => style.getPropertyValue(name).trim() || style.color;
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
  const timeOptions: Intl.DateTimeFormatOptions =
    span > DAY_MS ? { day: 'numeric', month: 'short' } : { hour: '2-digit', minute: '2-digit' };
  const axis = {
    stroke: style.color,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    font: `11px ${style.fontFamily}`,
  };
  return new uPlot(
    {
      width: box.clientWidth,
      height,
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, y: false },
      scales: { y: { range: (_chart, _low, high) => [0, max ?? Math.max(high * 1.1, 1e-9)] } },
      axes: [
        { ...axis, space: 64, values: (_chart, splits) => splits.map((seconds) => dateTime(seconds * 1000, timeOptions)) },
        { ...axis, size: 48, space: 36, values: (_chart, splits) => splits.map((value) => `${number(value)}${unit === '%' ? ' %' : ''}`) },
      ],
      series: [
        {},
        ...series.map(({ name }, at) => ({
          label: name,
          stroke: colour(`--line-${at % COLOURS}`),
          width: 1.6,
          points: { show: false },
          ...(series.length === 1 && { fill: `color-mix(in srgb, ${colour('--line-0')} 14%, transparent)` }),
        })),
      ],
    },
    [times.map((time) => time / 1000), ...series.map(({ values }) => [...values])],
    box,
  );
}
