import { useEffect, useRef, useState } from 'react';
import type uPlot from 'uplot';
import { useOwnGestures } from '../telegram/controls.ts';
import { kit } from '../words/en/kit.ts';
import { dateTime, fill, number } from '../words/words.ts';

export interface ChartSeries {
  name: string;
  /** One for each time; `null` where nothing was measured. */
  values: readonly (number | null)[];
}

export interface ChartProps {
  title: string;
  /** Milliseconds since the epoch, ascending. */
  times: readonly number[];
  series: readonly ChartSeries[];
  unit: string;
  /** The scale's top; as high as the values unless given. */
  max?: number;
}

const HEIGHT_PX = 180;

/** Values over time. The library comes with the first chart; who cannot see it reads a summary of each line. */
export function Chart({ title, times, series, unit, max }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const [failed, setFailed] = useState(false);
  useOwnGestures();
  useEffect(() => {
    const element = box.current;
    if (!element || times.length === 0) return;
    let chart: uPlot | undefined;
    let gone = false;
    import('./chart-engine.ts').then(
      ({ drawChart }) => {
        if (!gone) chart = drawChart(element, { times, series, unit, max, height: HEIGHT_PX });
      },
      () => setFailed(true),
    );
    const resize = new ResizeObserver(() => chart?.setSize({ width: element.clientWidth, height: HEIGHT_PX }));
    resize.observe(element);
    return () => {
      gone = true;
      resize.disconnect();
      chart?.destroy();
    };
  }, [times, series, unit, max]);
  return (
    <figure className="chart card">
      <figcaption>
        <strong>{title}</strong>
        <ul className="legend">
          {series.map((line, at) => (
            <li key={line.name}>
              <span className={`swatch line-${at}`} aria-hidden="true" />
              {summaryOf(line, unit)}
            </li>
          ))}
        </ul>
        {times.length > 0 && (
          <p className="visually-hidden">
            {dateTime(times[0] ?? 0)} – {dateTime(times.at(-1) ?? 0)}
          </p>
        )}
      </figcaption>
      {failed ? <p className="hint">{kit.chart.failed}</p> : <div ref={box} className="plot" aria-hidden="true" dir="ltr" />}
    </figure>
  );
}

function summaryOf({ name, values }: ChartSeries, unit: string): string {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return `${name}: ${kit.chart.noValues}`;
  // Not Math.min(...known): a week of minutes is more arguments than a call takes on some engines.
  const [low, high] = known.reduce<[number, number]>(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  const said = (value: number): string => `${number(value, { maximumFractionDigits: 1 })} ${unit}`.trim();
  return fill(kit.chart.summary, { name, last: said(known.at(-1) ?? 0), low: said(low), high: said(high) });
}
