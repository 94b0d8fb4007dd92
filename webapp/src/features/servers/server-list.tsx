import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { Server } from '@clawmoor/shared/servers.ts';
import { laterPart } from '../../app/later-part.tsx';
import { useServers } from '../../api/queries.ts';
import { Chips } from '../../ui/chips.tsx';
import { Icon } from '../../ui/icon.tsx';
import { EmptyState, Show, StateWord } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { ago, plural, words } from '../../words/words.ts';
import { addressOf, toneOf } from './state.ts';

const text = words.servers;
// Fewer than these are seen at a glance.
const SEARCHABLE = 6;

export function ServerList({ strangeLink }: { strangeLink: boolean }) {
  const servers = useServers();
  const [, go] = useLocation();
  return (
    <Screen
      title={text.title}
      main={{ text: text.add, press: () => go('/add') }}
      aside={
        <Link href="/settings" className="icon-button" aria-label={words.app.settings}>
          <Icon name="settings" />
        </Link>
      }
    >
      {strangeLink && (
        <p className="notice warn" role="status">
          {text.strangeLink}
        </p>
      )}
      <Show query={servers} empty={{ when: (all) => all.length === 0, face: <EmptyState title={text.empty}>{text.emptyHelp}</EmptyState> }}>
        {(all) => <Found servers={all} />}
      </Show>
    </Screen>
  );
}

// Its code and its question come after the list stands.
const WaitingApprovals = laterPart(() => import('../approvals/approvals.tsx').then((file) => file.WaitingApprovals));

const WatchLine = laterPart(() => import('../incidents/watch-line.tsx').then((file) => file.WatchLine));

function Found({ servers }: { servers: readonly Server[] }) {
  const [query, setQuery] = useState('');
  const [tags, setTags] = useState<string[]>([]);
  const known = [...new Set(servers.flatMap((server) => server.tags))].toSorted();
  const found = servers.filter((server) => matches(server, query) && tags.every((tag) => server.tags.includes(tag)));
  const narrowed = query !== '' || tags.length > 0;
  return (
    <>
      {servers.some(({ role }) => role !== 'viewer') && <WaitingApprovals />}
      {servers.length >= SEARCHABLE && (
        <label className="search">
          <Icon name="search" />
          <input
            type="search"
            aria-label={text.searchLabel}
            placeholder={text.searchLabel}
            value={query}
            onChange={({ target }) => setQuery(target.value)}
          />
        </label>
      )}
      {known.length > 0 && (
        <Chips label={text.tags} options={known.map((tag) => ({ key: tag, label: tag }))} value={tags} onChange={setTags} />
      )}
      <p className="visually-hidden" role="status">
        {narrowed ? plural(text.found, found.length) : ''}
      </p>
      {found.length === 0 ? (
        <EmptyState
          title={text.noMatch}
          action={
            <button
              type="button"
              className="button plain"
              onClick={() => {
                setQuery('');
                setTags([]);
              }}
            >
              {text.showAll}
            </button>
          }
        >
          {text.noMatchHelp}
        </EmptyState>
      ) : (
        <ul className="cards">
          {found.map((server) => (
            <li key={server.id}>
              <ServerCard server={server} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function ServerCard({ server }: { server: Server }) {
  const address = addressOf(server);
  return (
    <Link href={`/servers/${server.id}`} className="card server">
      <span className="line-between">
        <strong>
          <bdi>{server.name}</bdi>
        </strong>
        <StateWord tone={toneOf(server.state)}>{text.states[server.state]}</StateWord>
      </span>
      <span className="line-between hint">
        <span className="cut">{address !== undefined && <bdi dir="ltr">{address}</bdi>}</span>
        {server.stateAt !== null && <span className="no-wrap">{ago(server.stateAt)}</span>}
      </span>
      {server.role === 'owner' && server.state === 'reachable' && <span className="hint">{text.unconfirmed}</span>}
      <WatchLine serverId={server.id} />
      <span className="tags">
        <span className="tag">{text.roles[server.role]}</span>
        {server.tags.map((tag) => (
          <span key={tag} className="tag quiet">
            <bdi>{tag}</bdi>
          </span>
        ))}
        {server.openTaskId !== null && <span className="tag busy">{text.running}</span>}
      </span>
    </Link>
  );
}

const matches = ({ name, host, tags }: Server, query: string): boolean =>
  [name, host ?? '', ...tags].some((field) => field.toLowerCase().includes(query.trim().toLowerCase()));
