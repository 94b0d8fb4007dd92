import { Link, useLocation } from 'wouter';
import type { Server } from '@clawmoor/shared/servers.ts';
import { useServers } from '../../api/queries.ts';
import { Failed, Screen, StateWord, Waiting } from '../../ui/parts.tsx';
import { ago, words } from '../../words/words.ts';
import { toneOf } from './state.ts';

const text = words.servers;

export function ServerList({ strangeLink }: { strangeLink: boolean }) {
  const servers = useServers();
  const [, go] = useLocation();
  return (
    <Screen title={text.title} main={{ text: text.add, press: () => go('/add') }}>
      {strangeLink && (
        <p className="notice warn" role="status">
          {text.strangeLink}
        </p>
      )}
      {servers.isPending && <Waiting />}
      {servers.isError && <Failed error={servers.error} retry={() => void servers.refetch()} />}
      {servers.data?.length === 0 && (
        <div className="center">
          <h2>{text.empty}</h2>
          <p>{text.emptyHelp}</p>
        </div>
      )}
      {servers.data && servers.data.length > 0 && (
        <ul className="list">
          {servers.data.map((server) => (
            <li key={server.id}>
              <ServerRow server={server} />
            </li>
          ))}
        </ul>
      )}
    </Screen>
  );
}

function ServerRow({ server }: { server: Server }) {
  return (
    <Link href={`/servers/${server.id}`} className="row">
      <span className="grow">
        <strong>{server.name}</strong>
        <small>
          {server.host !== undefined && (
            <bdi dir="ltr">
              {server.username}@{server.host}
              {server.port === 22 ? '' : `:${server.port}`}
            </bdi>
          )}{' '}
          <span className="tag">{text.roles[server.role]}</span>
        </small>
        {server.openTaskId !== null && <small className="warn">{text.running}</small>}
      </span>
      <span>
        <StateWord tone={toneOf(server.state)}>{text.states[server.state]}</StateWord>
        {server.stateAt !== null && <small>{ago(server.stateAt)}</small>}
      </span>
    </Link>
  );
}
