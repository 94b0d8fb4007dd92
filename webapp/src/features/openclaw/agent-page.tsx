import { useState } from 'react';
import { useLocation } from 'wouter';
import type { Agent } from '@clawmoor/shared/openclaw.ts';
import { useAgent, useRemoveAgent } from '../../api/agent-queries.ts';
import { useServer } from '../../api/server-queries.ts';
import { haptic } from '../../telegram/controls.ts';
import { download } from '../../ui/download.ts';
import { FactRow, LinkRow, List } from '../../ui/list.tsx';
import { Failed, Show } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { DRAWN } from '../../ui/shapes.ts';
import { useSheet } from '../../ui/sheet.tsx';
import { TypeName } from '../../ui/type-name.tsx';
import { agent as text } from '../../words/en/agent.ts';
import { serverGroups } from '../../words/en/server-groups.ts';
import { agents as common } from '../../words/en/agents.ts';
import { EditAgent } from './edit-agent.tsx';

export function AgentPage({ id, agentId }: { id: string; agentId: string }) {
  const agent = useAgent(id, agentId);
  const role = useServer(id).data?.role;
  const [, go] = useLocation();
  const home = `/servers/${id}/agents/${agentId}`;
  const mayChange = role !== undefined && role !== 'viewer';
  return (
    <Screen
      title={agent.data?.name ?? text.title}
      main={mayChange && agent.data ? { text: text.sayHello, press: () => go(`${home}/chat`) } : undefined}
    >
      <Show query={agent}>
        {(found) => (
          <>
            <Facts agent={found} />
            {role === 'viewer' && <p className="hint under">{text.viewerNote}</p>}
            <h2>{text.open}</h2>
            <List>
              <LinkRow href={`${home}/files`} icon={DRAWN.file}>
                {text.files}
                <small>{text.filesHelp}</small>
              </LinkRow>
              <LinkRow href={`/servers/${id}/documents/${agentId}`} icon="search">
                {serverGroups.documents}
                <small>{serverGroups.documentsHelp}</small>
              </LinkRow>
              <LinkRow href={`${home}/sessions`} icon={DRAWN.chat}>
                {text.sessions}
              </LinkRow>
              {mayChange && (
                <LinkRow href={`${home}/copy`} icon="server">
                  {text.copy}
                  <small>{text.copyHelp}</small>
                </LinkRow>
              )}
            </List>
            {mayChange && <Changes serverId={id} agent={found} />}
          </>
        )}
      </Show>
    </Screen>
  );
}

function Facts({ agent }: { agent: Agent }) {
  return (
    <List>
      <li className="row">
        <span className="tile emoji" aria-hidden="true">
          {agent.emoji ?? '🤖'}
        </span>
        <span className="grow">
          <strong>
            <bdi>{agent.name}</bdi>
          </strong>
          <small>
            <bdi dir="ltr">{agent.id}</bdi>
          </small>
        </span>
        {agent.isDefault && <span className="tag">{common.isDefault}</span>}
      </li>
      <FactRow name={common.model}>{agent.model === null ? text.defaultModel : <bdi dir="ltr">{agent.model}</bdi>}</FactRow>
      {agent.workspace !== null && (
        <FactRow name={text.folder}>
          <bdi dir="ltr">{agent.workspace}</bdi>
        </FactRow>
      )}
    </List>
  );
}

function Changes({ serverId, agent }: { serverId: string; agent: Agent }) {
  const edit = useSheet('edit');
  return (
    <>
      <div className="actions">
        <button type="button" className="button plain" onClick={edit.show}>
          {text.change}
        </button>
        <Export serverId={serverId} agentId={agent.id} />
      </div>
      <EditAgent serverId={serverId} agent={agent} sheet={edit} />
      {agent.isDefault ? <p className="hint under">{text.removeDefault}</p> : <RemoveAgent serverId={serverId} agent={agent} />}
    </>
  );
}

function Export({ serverId, agentId }: { serverId: string; agentId: string }) {
  const [state, setState] = useState<{ busy?: true; done?: true; error?: unknown }>({});
  const save = (): void => {
    setState({ busy: true });
    download(`/servers/${serverId}/openclaw/agents/${agentId}/export`, `agent-${agentId}.tar.gz`).then(
      () => setState({ done: true }),
      (error: unknown) => setState({ error }),
    );
  };
  return (
    <>
      <button type="button" className="button plain" disabled={state.busy === true} aria-busy={state.busy === true} onClick={save}>
        {text.export}
      </button>
      <small className="hint" role="status">
        {state.done ? text.exported : text.exportHelp}
      </small>
      {state.error !== undefined && <Failed error={state.error} />}
    </>
  );
}

function RemoveAgent({ serverId, agent }: { serverId: string; agent: Agent }) {
  const sheet = useSheet('remove');
  const remove = useRemoveAgent(serverId, agent.id);
  const [, go] = useLocation();
  const removed = async (): Promise<void> => {
    haptic('success');
    await sheet.hide();
    go(`/servers/${serverId}/agents`, { replace: true });
  };
  return (
    <>
      <button type="button" className="button danger wide" onClick={sheet.show}>
        {text.remove}
      </button>
      <TypeName
        sheet={sheet}
        action={text.remove}
        help={text.removeHelp}
        name={agent.name}
        busy={remove.isPending}
        error={remove.error}
        confirm={() => remove.mutate(agent.name, { onSuccess: () => void removed() })}
      />
    </>
  );
}
