import { useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import type { Usage } from '@clawmoor/shared/openclaw-daily.ts';
import { useUsage } from '../../../api/cost-queries.ts';
import { useServer } from '../../../api/server-queries.ts';
import { Chart } from '../../../ui/chart.tsx';
import { FactRow, List } from '../../../ui/list.tsx';
import { EmptyState, Show } from '../../../ui/parts.tsx';
import { Screen } from '../../../ui/screen.tsx';
import { Tabs } from '../../../ui/tabs.tsx';
import { costs as text } from '../../../words/en/costs.ts';
import { dollars, short } from '../../../words/times.ts';
import { dateTime, fill, plural } from '../../../words/words.ts';
import { Budgets } from './budgets.tsx';

const PERIODS = ['7', '30', '90'] as const;
const DAY_MS = 86_400_000;

/** What the agents have spent, by day, agent and model, and the limits to it. */
export function Costs({ id }: { id: string }) {
  const [period, setPeriod] = useState<(typeof PERIODS)[number]>('30');
  const usage = useUsage(id, Number(period));
  const mayChange = useServer(id).data?.role !== 'viewer';
  const [, go] = useLocation();
  return (
    <Screen title={text.title} main={mayChange ? { text: text.newBudget, press: () => go(`/servers/${id}/new-budget`) } : undefined}>
      <Tabs
        label={text.period}
        tabs={PERIODS.map((key) => ({ key, label: plural(text.days, Number(key)) }))}
        value={period}
        onChange={setPeriod}
      >
        <Show query={usage} empty={{ when: nothing, face: <p className="card hint">{text.nothing}</p> }}>
          {(known) => <Spent usage={known} />}
        </Show>
      </Tabs>
      <Budgets id={id} mayChange={mayChange} />
    </Screen>
  );
}

const nothing = ({ complete, total }: Usage): boolean => complete && total.tokens === 0;

function Spent({ usage }: { usage: Usage }) {
  const days = useMemo(() => daily(usage), [usage]);
  return (
    <>
      <section className="card">
        <p className="sum">{dollars(usage.total.costUsd)}</p>
        <p className="hint">
          {fill(text.span, { from: day(usage.from), to: day(usage.to) })} · {fill(text.tokens, { count: short(usage.total.tokens) })}
        </p>
        {!usage.complete && (
          <p className="hint" role="status">
            {text.counting}
          </p>
        )}
        {usage.unpriced > 0 && <p className="warn">{plural(text.unpriced, usage.unpriced)}</p>}
      </section>
      <Chart title={text.byDay} times={days.times} series={days.series} unit="USD" />
      <Shares title={text.byAgent} rows={usage.byAgent.map(({ agentId, ...cost }) => ({ name: agentId, ...cost }))} />
      <Shares
        title={text.byModel}
        rows={usage.byModel.map(({ provider, model, ...cost }) => ({
          name: [provider, model].filter(Boolean).join('/') || text.unknownModel,
          ...cost,
        }))}
      />
    </>
  );
}

function Shares({ title, rows }: { title: string; rows: readonly { name: string; costUsd: number; tokens: number }[] }) {
  if (rows.length === 0) return <EmptyState title={text.nothing} />;
  return (
    <section>
      <h2>{title}</h2>
      <List>
        {rows
          .toSorted((a, b) => b.costUsd - a.costUsd)
          .map(({ name, costUsd, tokens }) => (
            <FactRow key={name} name={name}>
              {dollars(costUsd)}
              <small>{fill(text.tokens, { count: short(tokens) })}</small>
            </FactRow>
          ))}
      </List>
    </section>
  );
}

/** A value for each day, also for those on which nothing was spent. Days are UTC, as the gateway counts them. */
function daily({ from, to, byDay }: Usage) {
  const cost = new Map(byDay.map(({ date, costUsd }) => [date, costUsd]));
  const times: number[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += DAY_MS) times.push(at);
  return { times, series: [{ name: text.cost, values: times.map((at) => cost.get(new Date(at).toISOString().slice(0, 10)) ?? 0) }] };
}

const day = (date: string): string => dateTime(date, { dateStyle: 'medium', timeZone: 'UTC' });
