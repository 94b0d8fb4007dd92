import { useMemo, useState } from 'react';
import type { Metrics } from '@clawmoor/shared/monitoring.ts';
import { PERIODS, useMetrics, type Period } from '../../api/incident-queries.ts';
import { Chart } from '../../ui/chart.tsx';
import { Show } from '../../ui/parts.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { incidents as text } from '../../words/en/incidents.ts';

const KEYS = Object.keys(PERIODS) as Period[]; // its own keys

/** How busy a server was: the last hour, day or week. */
export function LoadCharts({ serverId }: { serverId: string }) {
  const [period, setPeriod] = useState<Period>('hour');
  const metrics = useMetrics(serverId, period);
  return (
    <section>
      <h2>{text.watch.title}</h2>
      <Tabs
        label={text.watch.period}
        tabs={KEYS.map((key) => ({ key, label: text.watch.periods[key] }))}
        value={period}
        onChange={setPeriod}
      >
        <Show query={metrics} rows={1} empty={{ when: isEmpty, face: <p className="card hint">{text.watch.nothing}</p> }}>
          {(known) => <Lines metrics={known} />}
        </Show>
      </Tabs>
    </section>
  );
}

const isEmpty = ({ load }: Metrics): boolean => load.every((value) => value === null);

function Lines({ metrics }: { metrics: Metrics }) {
  const { times, series } = useMemo(() => {
    const start = Date.parse(metrics.from);
    return {
      times: metrics.cpu.map((_value, at) => start + at * metrics.stepSeconds * 1000),
      series: [
        { name: text.watch.cpu, values: metrics.cpu },
        { name: text.watch.memory, values: metrics.memory },
        { name: text.watch.disk, values: metrics.disk },
      ],
    };
  }, [metrics]);
  return <Chart title={text.watch.load} times={times} series={series} unit="%" max={100} />;
}
