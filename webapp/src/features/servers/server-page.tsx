import { Link, useLocation } from 'wouter';
import type { Server } from '@clawmoor/shared/servers.ts';
import { useGateway, useRestart } from '../../api/openclaw-queries.ts';
import { useServer } from '../../api/server-queries.ts';
import { useTasks } from '../../api/task-queries.ts';
import { Failed, Screen, StateWord, Waiting } from '../../ui/parts.tsx';
import { ago, words } from '../../words/words.ts';
import { RemoveServer } from './remove-server.tsx';
import { toneOf } from './state.ts';

const text = words.server;

export function ServerPage({ id }: { id: string }) {
  const server = useServer(id);
  if (!server.data)
    return (
      <Screen title={words.servers.title} back="/">
        {server.isError ? <Failed error={server.error} retry={() => void server.refetch()} /> : <Waiting />}
      </Screen>
    );
  return <ServerDetails server={server.data} />;
}

function ServerDetails({ server }: { server: Server }) {
  const [, go] = useLocation();
  const mayChange = server.role !== 'viewer';
  const connected = server.kind === 'trial' || server.hostKey != null || !mayChange;
  const main = !mayChange
    ? undefined
    : connected
      ? { text: text.setup, press: () => go(`/servers/${server.id}/setup`) }
      : { text: words.connect.title, press: () => go(`/servers/${server.id}/connect`) };
  return (
    <Screen title={server.name} back="/" main={main}>
      <div className="card">
        <StateWord tone={toneOf(server.state)}>{words.servers.states[server.state]}</StateWord>{' '}
        <span className="tag">{words.servers.roles[server.role]}</span>
        {server.host !== undefined && (
          <p className="hint">
            <bdi dir="ltr">
              {server.username}@{server.host}:{server.port}
            </bdi>
            {server.stateAt !== null && ` · ${ago(server.stateAt)}`}
          </p>
        )}
        {!mayChange && <p className="hint">{text.viewerNote}</p>}
      </div>
      {connected && <Gateway server={server} />}
      {mayChange && server.kind === 'ssh' && (
        <ul className="list">
          <li>
            <Link className="row" href={`/servers/${server.id}/connect`}>
              <span className="grow">{text.connection}</span>→
            </Link>
          </li>
        </ul>
      )}
      <History serverId={server.id} />
      {server.role === 'owner' && server.kind === 'ssh' && <RemoveServer server={server} />}
    </Screen>
  );
}

const GATEWAY_TONES = {
  ready: 'good',
  connecting: 'idle',
  not_set_up: 'idle',
  auth_failed: 'bad',
  gateway_down: 'bad',
  unreachable: 'bad',
  incompatible: 'warn',
} as const;

function Gateway({ server }: { server: Server }) {
  const gateway = useGateway(server.id);
  const restart = useRestart(server.id);
  const [, go] = useLocation();
  const mayChange = server.role !== 'viewer';
  return (
    <section>
      <h2>{text.gateway}</h2>
      {gateway.isPending && <Waiting rows={1} />}
      {gateway.isError && <Failed error={gateway.error} retry={() => void gateway.refetch()} />}
      {gateway.data && (
        <div className="card">
          <StateWord tone={GATEWAY_TONES[gateway.data.state]}>{text.gatewayStates[gateway.data.state]}</StateWord>
          {gateway.data.version !== null && (
            <p className="hint">
              {text.version} {gateway.data.version} {gateway.data.newerThanTested && <span className="tag">{text.newer}</span>}{' '}
              {gateway.data.via === 'bridge' && <span className="tag">{text.bridge}</span>}
            </p>
          )}
          {gateway.data.message !== null && <p>{gateway.data.message}</p>}
          {gateway.data.fix !== null && <p className="hint">{gateway.data.fix}</p>}
          <div className="actions">
            {gateway.data.state === 'ready' && (
              <Link className="button plain" href={`/servers/${server.id}/agents`}>
                {text.agents} ({gateway.data.agents ?? 0})
              </Link>
            )}
            {mayChange && gateway.data.state !== 'not_set_up' && (
              <button
                type="button"
                className="button plain"
                disabled={restart.isPending}
                onClick={() => restart.mutate(undefined, { onSuccess: ({ taskId }) => go(`/tasks/${taskId}`) })}
              >
                {text.restart}
              </button>
            )}
          </div>
          {restart.isError && <Failed error={restart.error} />}
        </div>
      )}
    </section>
  );
}

function History({ serverId }: { serverId: string }) {
  const tasks = useTasks(serverId);
  if (tasks.isPending) return <Waiting rows={1} />;
  if (tasks.isError) return <Failed error={tasks.error} retry={() => void tasks.refetch()} />;
  return (
    <section>
      <h2>{text.history}</h2>
      {tasks.data.length === 0 ? (
        <p className="hint">{text.noTasks}</p>
      ) : (
        <ul className="list">
          {tasks.data.map((task) => (
            <li key={task.id}>
              <Link className="row" href={`/tasks/${task.id}`}>
                <span className="grow">
                  {words.task.types[task.type] ?? task.type}
                  <small>
                    {task.createdBy.firstName} · {ago(task.createdAt)}
                  </small>
                </span>
                <StateWord
                  tone={
                    task.state === 'succeeded'
                      ? 'good'
                      : task.state === 'running' || task.state === 'queued'
                        ? 'warn'
                        : task.state === 'cancelled'
                          ? 'idle'
                          : 'bad'
                  }
                >
                  {words.task.states[task.state]}
                </StateWord>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
