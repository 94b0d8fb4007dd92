import { Link, useLocation } from 'wouter';
import type { Server } from '@clawmoor/shared/servers.ts';
import { useGateway } from '../../api/openclaw-queries.ts';
import { useServer } from '../../api/server-queries.ts';
import { useTasks } from '../../api/task-queries.ts';
import { LinkRow, List } from '../../ui/list.tsx';
import { Show, StateWord } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { server as text } from '../../words/en/server.ts';
import { ago, fill, words } from '../../words/words.ts';
import { OfferedToMe } from '../access/ownership.tsx';
import { TaskRow } from '../../ui/task-row.tsx';
import { LoadCharts } from '../incidents/load-charts.tsx';
import { GatewayCard } from './gateway-card.tsx';
import { RemoveServer } from './remove-server.tsx';
import { LINK_GROUPS, SERVER_LINKS, type ServerLink } from './server-links.ts';
import { ServerMap } from './server-map.tsx';
import { addressOf, toneOf } from './state.ts';

export function ServerPage({ id }: { id: string }) {
  const server = useServer(id);
  if (server.data) return <ServerDetails server={server.data} />;
  return (
    <Screen title={words.servers.title}>
      <Show query={server}>{() => null}</Show>
    </Screen>
  );
}

function ServerDetails({ server }: { server: Server }) {
  const [, go] = useLocation();
  const home = `/servers/${server.id}`;
  const mayChange = server.role !== 'viewer';
  const connected = server.kind === 'trial' || server.hostKey != null || !mayChange;
  const gateway = useGateway(server.id, connected);
  const setUp = connected && gateway.data?.state !== 'not_set_up';
  const main = !mayChange
    ? undefined
    : !connected
      ? { text: text.compare, press: () => go(`${home}/connect`) }
      : gateway.data?.state === 'not_set_up'
        ? { text: text.setup, press: () => go(`${home}/setup`) }
        : undefined;
  return (
    <Screen title={server.name} main={main}>
      <Facts server={server} />
      <OfferedToMe server={server} />
      {server.state === 'key_changed' && (
        <div className="alarm" role="alert">
          <p>{text.changedAlarm}</p>
          {mayChange && <Link href={`${home}/connect`}>{text.changedLook}</Link>}
        </div>
      )}
      {!connected && (
        <p className="notice warn">
          <strong>{text.unconfirmed}</strong>
          {text.unconfirmedHelp} {server.role !== 'owner' && text.unconfirmedOwner}
        </p>
      )}
      {server.openTaskId !== null && (
        <List>
          <LinkRow href={`/tasks/${server.openTaskId}`} end={<span className="spinner" aria-hidden="true" />}>
            {text.openTask}
          </LinkRow>
        </List>
      )}
      {connected && <GatewayCard server={server} />}
      {setUp && <ServerMap server={server} />}
      {connected && <LoadCharts serverId={server.id} />}
      {LINK_GROUPS.map(({ group, title }) => (
        <Links
          key={group}
          title={title()}
          links={SERVER_LINKS.filter((link) => link.group === group && (setUp || link.without === true) && link.shown(server))}
          home={home}
        />
      ))}
      <LastTasks serverId={server.id} />
      {server.role === 'owner' && server.kind === 'ssh' && <RemoveServer server={server} />}
    </Screen>
  );
}

function Links({ title, links, home }: { title: string; links: readonly ServerLink[]; home: string }) {
  if (links.length === 0) return null;
  return (
    <section>
      <h2>{title}</h2>
      <List>
        {links.map(({ path, icon, title: name, help }) => (
          <LinkRow key={path} href={path.startsWith('/') ? path : `${home}/${path}`} icon={icon}>
            {name()}
            {help && <small>{help()}</small>}
          </LinkRow>
        ))}
      </List>
    </section>
  );
}

function Facts({ server }: { server: Server }) {
  const address = addressOf(server);
  return (
    <section className="card">
      <p className="line-between">
        <StateWord tone={toneOf(server.state)}>{words.servers.states[server.state]}</StateWord>
        <span className="tag">{words.servers.roles[server.role]}</span>
      </p>
      {address !== undefined && (
        <p>
          <bdi dir="ltr" className="mono">
            {address}
          </bdi>
        </p>
      )}
      {server.stateAt !== null && <p className="hint">{fill(text.checked, { time: ago(server.stateAt) })}</p>}
      {server.tags.length > 0 && (
        <p className="tags">
          {server.tags.map((tag) => (
            <span key={tag} className="tag quiet">
              <bdi>{tag}</bdi>
            </span>
          ))}
        </p>
      )}
      {server.role === 'viewer' && <p className="hint">{text.viewerNote}</p>}
    </section>
  );
}

function LastTasks({ serverId }: { serverId: string }) {
  const tasks = useTasks(serverId);
  return (
    <section>
      <h2>{text.lastTasks}</h2>
      <Show query={tasks} rows={1} empty={{ when: (all) => all.length === 0, face: <p className="card hint">{text.noTasks}</p> }}>
        {(all) => (
          <List>
            {all.map((task) => (
              <TaskRow key={task.id} task={task} />
            ))}
          </List>
        )}
      </Show>
    </section>
  );
}
