import { useState } from 'react';
import type { Monitoring, WatchedKind } from '@clawmoor/shared/monitoring.ts';
import { useChangeMonitoring, useMonitoring } from '../../api/monitoring-queries.ts';
import { useServer } from '../../api/server-queries.ts';
import { List } from '../../ui/list.tsx';
import { Failed, Show, StateWord } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { Sheet, useSheet } from '../../ui/sheet.tsx';
import { Toggle } from '../../ui/toggle.tsx';
import { incidents } from '../../words/en/incidents.ts';
import { monitoring as text } from '../../words/en/monitoring.ts';
import { sentenceOf } from '../../words/problems.ts';
import { when } from '../../words/times.ts';
import { ago, fill, number } from '../../words/words.ts';
import { FIELDS, typedOf } from './rule-fields.ts';
import { RuleForm } from './rule-form.tsx';

const KINDS = Object.keys(FIELDS) as WatchedKind[]; // its own keys

/** Whether a server is watched, and what its incidents open at. */
export function MonitoringScreen({ id }: { id: string }) {
  const monitoring = useMonitoring(id);
  const role = useServer(id).data?.role;
  return (
    <Screen title={text.title}>
      <Show query={monitoring} rows={5}>
        {(known) => <Known id={id} monitoring={known} mayChange={role !== undefined && role !== 'viewer'} />}
      </Show>
    </Screen>
  );
}

interface KnownProps {
  id: string;
  monitoring: Monitoring;
  mayChange: boolean;
}

function Known({ id, monitoring, mayChange }: KnownProps) {
  const change = useChangeMonitoring(id);
  const enabled = change.isPending && change.variables.enabled !== undefined ? change.variables.enabled : monitoring.enabled;
  return (
    <>
      {mayChange ? (
        <List>
          <li>
            <Toggle
              label={text.watch}
              help={enabled ? text.watchHelp : text.unwatched}
              checked={enabled}
              disabled={change.isPending}
              onChange={(wanted) => change.mutate({ enabled: wanted })}
            />
          </li>
        </List>
      ) : (
        <p className="card hint">{monitoring.enabled ? text.viewer : text.unwatched}</p>
      )}
      {change.isError && <Failed error={change.error} />}
      {monitoring.enabled && <LastLook monitoring={monitoring} />}
      {monitoring.enabled && <Rules id={id} monitoring={monitoring} mayChange={mayChange} />}
    </>
  );
}

function LastLook({ monitoring: { lookedAt, nextLookAt, problem } }: { monitoring: Monitoring }) {
  const said = problem && sentenceOf(problem);
  return (
    <section className="card">
      <p>
        <StateWord tone={problem ? 'bad' : lookedAt === null ? 'idle' : 'good'}>
          {lookedAt === null ? text.neverLooked : fill(problem ? text.lookFailed : text.looked, { time: ago(lookedAt) })}
        </StateWord>
      </p>
      {said && <p>{said.message}</p>}
      {said?.fix !== undefined && <p className="hint">{said.fix}</p>}
      {nextLookAt !== null && <p className="hint">{fill(text.next, { time: when(nextLookAt) })}</p>}
    </section>
  );
}

function Rules({ id, monitoring, mayChange }: KnownProps) {
  const sheet = useSheet('rule');
  const [kind, setKind] = useState<WatchedKind>('disk');
  const open = (chosen: WatchedKind): void => {
    setKind(chosen);
    sheet.show();
  };
  return (
    <section>
      <h2>{text.rules}</h2>
      <List>
        {KINDS.map((each) => (
          <li key={each}>
            {mayChange ? (
              <button type="button" className="row" aria-haspopup="dialog" onClick={() => open(each)}>
                <Rule kind={each} rules={monitoring.rules} />
              </button>
            ) : (
              <div className="row">
                <Rule kind={each} rules={monitoring.rules} />
              </div>
            )}
          </li>
        ))}
      </List>
      <Sheet sheet={sheet} title={incidents.kinds[kind]}>
        <RuleForm key={kind} id={id} kind={kind} rule={monitoring.rules[kind]} hide={sheet.hide} />
      </Sheet>
    </section>
  );
}

function Rule({ kind, rules }: { kind: WatchedKind; rules: Monitoring['rules'] }) {
  const { enabled } = rules[kind];
  const values = Object.entries(typedOf(kind, rules[kind])).map(([name, value]) => [name, number(Number(value))] as const);
  return (
    <>
      <span className="grow">
        {incidents.kinds[kind]}
        {enabled && <small>{fill(text.opensAt[kind], Object.fromEntries(values))}</small>}
      </span>
      <StateWord tone={enabled ? 'good' : 'idle'}>{enabled ? text.on : text.off}</StateWord>
    </>
  );
}
