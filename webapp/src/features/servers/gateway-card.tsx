import { Link } from 'wouter';
import type { GatewayStatus } from '@clawmoor/shared/openclaw.ts';
import type { Server } from '@clawmoor/shared/servers.ts';
import { useGateway } from '../../api/openclaw-queries.ts';
import { Show, StateWord } from '../../ui/parts.tsx';
import { control } from '../../words/en/control.ts';
import { server as text } from '../../words/en/server.ts';
import { sentenceOf } from '../../words/problems.ts';
import { plural } from '../../words/words.ts';
import { OpenDashboard } from './open-dashboard.tsx';
import { Restart } from './restart.tsx';

const TONES = {
  ready: 'good',
  connecting: 'idle',
  not_set_up: 'idle',
  auth_failed: 'bad',
  gateway_down: 'bad',
  unreachable: 'bad',
  incompatible: 'warn',
} as const;

/** Where OpenClaw stands on a server, and its restart for those who may. */
export function GatewayCard({ server }: { server: Server }) {
  const gateway = useGateway(server.id);
  return (
    <section>
      <h2>{text.gateway}</h2>
      <Show query={gateway} rows={1}>
        {(status) => <Status server={server} status={status} />}
      </Show>
    </section>
  );
}

function Status({ server, status }: { server: Server; status: GatewayStatus }) {
  const { code, message, fix } = status;
  const said = message === null ? undefined : sentenceOf({ code: code ?? '', message, fix: fix ?? undefined });
  return (
    <div className="card">
      <p className="line-between">
        <StateWord tone={TONES[status.state]}>{text.gatewayStates[status.state]}</StateWord>
        {status.state === 'ready' && status.agents !== null && <span className="hint">{plural(text.agentCount, status.agents)}</span>}
      </p>
      {status.version !== null && (
        <p className="hint">
          {text.version} <bdi dir="ltr">{status.version}</bdi> {status.newerThanTested && <span className="tag">{text.newer}</span>}{' '}
          {status.via === 'bridge' && <span className="tag">{text.bridge}</span>}
        </p>
      )}
      {said && <p>{said.message}</p>}
      {said?.fix !== undefined && <p className="hint">{said.fix}</p>}
      {server.role !== 'viewer' && status.state !== 'not_set_up' && (
        <div className="actions">
          {status.state === 'ready' && <OpenDashboard serverId={server.id} />}
          {status.state !== 'unreachable' && <Restart serverId={server.id} />}
          {status.state !== 'ready' && status.state !== 'connecting' && (
            <Link href={`/servers/${server.id}/diagnosis`} className="button plain">
              {control.diagnosis}
            </Link>
          )}
        </div>
      )}
    </div>
  );
}
