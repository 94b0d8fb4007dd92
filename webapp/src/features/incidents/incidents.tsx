import type { Incident } from '@clawmoor/shared/incidents.ts';
import { useIncidentFeed } from '../../api/incident-feed.ts';
import { useIncidents } from '../../api/incident-queries.ts';
import { LinkRow, List } from '../../ui/list.tsx';
import { EmptyState, Show, StateWord } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { incidents as text } from '../../words/en/incidents.ts';
import { ago, fill } from '../../words/words.ts';
import { factsOf, toneOf } from './incident-words.ts';

/** What went wrong on a server, the newest first. */
export function Incidents({ id }: { id: string }) {
  const query = useIncidents(id, useIncidentFeed());
  return (
    <Screen title={text.title}>
      <Show
        query={query}
        empty={{
          when: ({ pages }) => pages[0]?.incidents.length === 0,
          face: <EmptyState title={text.empty}>{text.emptyHelp}</EmptyState>,
        }}
      >
        {({ pages }) => (
          <List>
            {pages
              .flatMap(({ incidents }) => incidents)
              .map((incident) => (
                <IncidentRow key={incident.id} incident={incident} />
              ))}
          </List>
        )}
      </Show>
      {query.hasNextPage && (
        <button type="button" className="button plain" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {text.older}
        </button>
      )}
    </Screen>
  );
}

function IncidentRow({ incident }: { incident: Incident }) {
  const { id, kind, severity, state, openedAt, resolvedAt } = incident;
  const facts = factsOf(incident);
  const open = state === 'open';
  return (
    <LinkRow
      href={`/incidents/${id}`}
      end={<StateWord tone={open ? toneOf(incident) : 'idle'}>{open ? text.severities[severity] : text.over}</StateWord>}
    >
      {text.kinds[kind]}
      <small>
        {facts !== undefined && (
          <>
            <bdi>{facts}</bdi> ·{' '}
          </>
        )}
        {resolvedAt === null ? fill(text.since, { time: ago(openedAt) }) : fill(text.until, { time: ago(resolvedAt) })}
      </small>
    </LinkRow>
  );
}
