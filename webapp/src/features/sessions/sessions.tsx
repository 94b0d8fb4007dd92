import { useState } from 'react';
import { useSessionPages } from '../../api/session-queries.ts';
import { Chips } from '../../ui/chips.tsx';
import { Icon } from '../../ui/icon.tsx';
import { LinkRow, List } from '../../ui/list.tsx';
import { EmptyState, Show } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { useSettled } from '../../ui/settled.ts';
import { sessions as text } from '../../words/en/sessions.ts';
import { ago, words } from '../../words/words.ts';
import { sessionPath, SessionStateWord, titleOf } from './session-state.tsx';

/** The conversations of a gateway, or of one of its agents. */
export function Sessions({ id, agentId }: { id: string; agentId?: string }) {
  const [typed, setTyped] = useState('');
  const [filters, setFilters] = useState<'active'[]>([]);
  const search = useSettled(typed.trim());
  const activeOnly = filters.includes('active');
  const pages = useSessionPages(id, { agentId, search, activeOnly });
  const narrowed = search !== '' || activeOnly;
  return (
    <Screen title={text.title}>
      <label className="search">
        <Icon name="search" />
        <input
          type="search"
          value={typed}
          aria-label={text.search}
          placeholder={text.search}
          onChange={({ target }) => setTyped(target.value)}
        />
      </label>
      <Chips label={text.filter} options={[{ key: 'active', label: text.active }]} value={filters} onChange={setFilters} />
      <Show
        query={pages}
        empty={{
          when: ({ pages: all }) => all[0]?.sessions.length === 0,
          face: <EmptyState title={narrowed ? text.noMatch : text.empty}>{narrowed ? text.noMatchHelp : text.emptyHelp}</EmptyState>,
        }}
      >
        {({ pages: all }) => (
          <>
            <List>
              {all
                .flatMap(({ sessions }) => sessions)
                .map((session) => (
                  <LinkRow
                    key={session.key}
                    href={sessionPath(id, session.key)}
                    end={(session.running || session.stuck) && <SessionStateWord session={session} />}
                  >
                    <span className="two-lines">
                      <bdi>{titleOf(session)}</bdi>
                    </span>
                    {session.preview !== null && (
                      <small className="cut">
                        <bdi>{session.preview}</bdi>
                      </small>
                    )}
                    <small>
                      {[agentId === undefined ? session.agentId : null, session.channel, session.updatedAt && ago(session.updatedAt)]
                        .filter(Boolean)
                        .join(' · ')}
                    </small>
                  </LinkRow>
                ))}
            </List>
            {pages.hasNextPage && (
              <button
                type="button"
                className="button plain wide"
                disabled={pages.isFetchingNextPage}
                aria-busy={pages.isFetchingNextPage}
                onClick={() => void pages.fetchNextPage()}
              >
                {pages.isFetchingNextPage ? words.app.loading : text.more}
              </button>
            )}
          </>
        )}
      </Show>
    </Screen>
  );
}
