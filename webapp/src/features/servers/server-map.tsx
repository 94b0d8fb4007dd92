import { useState } from 'react';
import type { Server } from '@clawmoor/shared/servers.ts';
import { useChannels } from '../../api/channel-queries.ts';
import { useAgents, useGateway } from '../../api/openclaw-queries.ts';
import { Failed, Waiting } from '../../ui/parts.tsx';
import { Topology, type TopologyNode } from '../../ui/topology.tsx';
import { channels as channelText } from '../../words/en/channels.ts';
import { kit } from '../../words/en/kit.ts';
import { server as text } from '../../words/en/server.ts';
import { words } from '../../words/words.ts';
import { accountState } from '../openclaw/channels/account-state.ts';
import { SHAPES } from './link-shapes.ts';
import { toneOf } from './state.ts';

/** A picture of a server: its gateway, the agents in it, and the channels by which people come. Asked for when it is opened. */
export function ServerMap({ server }: { server: Server }) {
  const [open, setOpen] = useState(false);
  return (
    <details className="card" open={open} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{kit.topology.title}</summary>
      {open && <Tree server={server} />}
    </details>
  );
}

function Tree({ server }: { server: Server }) {
  const gateway = useGateway(server.id);
  const agents = useAgents(server.id);
  const channels = useChannels(server.id);
  if (gateway.isPending || agents.isPending || channels.isPending) return <Waiting rows={3} />;
  const error = gateway.error ?? agents.error ?? channels.error;
  if (!gateway.data || !agents.data || !channels.data) return <Failed error={error} retry={() => void agents.refetch()} />;
  const ofAgents = agents.data.map((agent): TopologyNode => ({
    key: `agent ${agent.id}`,
    name: agent.name,
    icon: 'agents',
    tone: 'good',
    state: agent.model ?? text.ownModel,
  }));
  const ofChannels = channels.data.channels.flatMap(({ id, label, accounts }) =>
    accounts.map((account): TopologyNode => {
      const { tone, word } = accountState(account);
      const name = accounts.length > 1 ? `${label} · ${account.name ?? account.id}` : label;
      return { key: `channel ${id} ${account.id}`, name, icon: SHAPES.channels, tone, state: channelText.states[word] };
    }),
  );
  const ofGateway: TopologyNode = {
    key: 'gateway',
    name: kit.topology.gateway,
    icon: 'plug',
    tone: gateway.data.state === 'ready' ? 'good' : 'bad',
    state: text.gatewayStates[gateway.data.state],
    children: [...ofAgents, ...ofChannels],
  };
  const root = {
    key: server.id,
    name: server.name,
    icon: 'server',
    tone: toneOf(server.state),
    state: words.servers.states[server.state],
  } as const;
  return <Topology root={{ ...root, children: [ofGateway] }} />;
}
