import type { Incident, Timeline, TimelineEntry } from '@clawmoor/shared/incidents.ts';
import { Link } from 'wouter';
import { useIncidentFeed } from '../../api/incident-feed.ts';
import { useAcknowledge, useTimeline } from '../../api/incident-queries.ts';
import { useServer } from '../../api/server-queries.ts';
import { haptic } from '../../telegram/controls.ts';
import { List } from '../../ui/list.tsx';
import { Failed, Show, StateWord } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { incidents as text } from '../../words/en/incidents.ts';
import { dateTime, fill, plural } from '../../words/words.ts';
import { factsOf, toneOf } from './incident-words.ts';

/** One incident, and what happened around it. */
export function IncidentPage({ id }: { id: string }) {
  const timeline = useTimeline(id, useIncidentFeed());
  const serverId = timeline.data?.incident.serverId;
  return (
    <Screen
      title={timeline.data ? text.kinds[timeline.data.incident.kind] : text.title}
      {...(serverId != null && { back: `/servers/${serverId}/incidents` })}
    >
      <Show query={timeline}>{(known) => <Known timeline={known} />}</Show>
    </Screen>
  );
}

function Known({ timeline: { incident, entries, missing } }: { timeline: Timeline }) {
  return (
    <>
      <Facts incident={incident} />
      {incident.serverId !== null && incident.state === 'open' && incident.acknowledgedAt === null && (
        <Acknowledge id={incident.id} serverId={incident.serverId} />
      )}
      <section>
        <h2>{text.timeline}</h2>
        {missing.map(({ source, message }) => (
          <p key={source} className="hint">
            {fill(text.missing, { source: text.sources[source], message })}
          </p>
        ))}
        <List>
          {entries.map((entry, at) => (
            <Entry key={at} entry={entry} />
          ))}
        </List>
      </section>
    </>
  );
}

function Facts({ incident }: { incident: Incident }) {
  const { severity, state, serverName, openedAt, resolvedAt, returned, acknowledgedBy } = incident;
  const facts = factsOf(incident);
  return (
    <section className="card">
      <p className="line-between">
        <StateWord tone={state === 'open' ? toneOf(incident) : 'idle'}>
          {state === 'open' ? text.severities[severity] : text.over}
        </StateWord>
        {serverName !== null && (
          <strong>
            <bdi>{serverName}</bdi>
          </strong>
        )}
      </p>
      {facts !== undefined && (
        <p>
          <bdi>{facts}</bdi>
        </p>
      )}
      <p className="hint">
        {dateTime(openedAt)}
        {resolvedAt !== null && ` – ${dateTime(resolvedAt)}`}
        {returned > 0 && ` · ${plural(text.returned, returned)}`}
      </p>
      {acknowledgedBy !== null && <p>{fill(text.acknowledged, { name: acknowledgedBy })}</p>}
    </section>
  );
}

function Acknowledge({ id, serverId }: { id: string; serverId: string }) {
  const acknowledge = useAcknowledge(id);
  const role = useServer(serverId).data?.role;
  if (role === undefined || role === 'viewer') return null;
  return (
    <>
      <button
        type="button"
        className="button plain"
        disabled={acknowledge.isPending}
        onClick={() => acknowledge.mutate(undefined, { onSuccess: () => haptic('success') })}
      >
        {text.acknowledge}
      </button>
      {acknowledge.isError && <Failed error={acknowledge.error} />}
    </>
  );
}

const TONES = { info: 'idle', warning: 'warn', error: 'bad' } as const;

function Entry({ entry: { at, source, what, who, taskId, level } }: { entry: TimelineEntry }) {
  return (
    <li className="row">
      <span className="grow">
        <StateWord tone={TONES[level]}>{text.sources[source]}</StateWord>
        <bdi className="line">{taskId === null ? what : <Link href={`/tasks/${taskId}`}>{what}</Link>}</bdi>
        <small>
          {dateTime(at, { dateStyle: 'short', timeStyle: 'medium' })}
          {who !== null && (
            <>
              {' · '}
              <bdi>{who}</bdi>
            </>
          )}
        </small>
      </span>
    </li>
  );
}
