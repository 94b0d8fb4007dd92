import { Chart } from '../ui/chart.tsx';
import { Sparkline } from '../ui/sparkline.tsx';

const MINUTE_MS = 60_000;
const START = Date.UTC(2026, 10, 24, 12);
const TIMES = Array.from({ length: 60 }, (_, at) => START + at * MINUTE_MS);
const wave = (high: number, length: number): (number | null)[] =>
  TIMES.map((_, at) => (at > 40 && at < 46 ? null : high / 2 + (high / 2) * Math.sin(at / length)));

/** Values over time; where nothing was measured, the line has a gap. */
export const Figures = () => (
  <>
    <h2>Figures</h2>
    <section className="card">
      <p className="line-between">
        Processor <Sparkline label="Processor, now 12 %" max={100} values={wave(80, 6)} />
      </p>
      <Chart
        title="Processor, memory and disk"
        unit="%"
        max={100}
        times={TIMES}
        series={[
          { name: 'Processor', values: wave(90, 6) },
          { name: 'Memory', values: wave(60, 11) },
          { name: 'Disk', values: wave(30, 40) },
        ]}
      />
    </section>
  </>
);
