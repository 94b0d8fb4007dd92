import { useState } from 'react';
import { useLocation } from 'wouter';
import { useAgent, useAgentFiles, useCopyAgent } from '../../api/agent-queries.ts';
import { useServers } from '../../api/queries.ts';
import { haptic } from '../../telegram/controls.ts';
import { bytes } from '../../ui/bytes.ts';
import { Choice, Field } from '../../ui/field.tsx';
import { FactRow, List } from '../../ui/list.tsx';
import { Failed, Show } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { agent as text } from '../../words/en/agent.ts';
import { agents as common } from '../../words/en/agents.ts';
import { words } from '../../words/words.ts';
import { isAgentId } from './agent-id.ts';

/** An agent once more: on this server or on another one that the person may change. */
export function CopyAgent({ id, agentId }: { id: string; agentId: string }) {
  const agent = useAgent(id, agentId);
  const files = useAgentFiles(id, agentId);
  const servers = useServers();
  const [toServerId, setToServerId] = useState(id);
  const [newId, setNewId] = useState(`${agentId.slice(0, 58)}-copy`);
  const [name, setName] = useState<string>();
  const copy = useCopyAgent(id, agentId, toServerId);
  const [, go] = useLocation();
  const shownName = name ?? agent.data?.name ?? '';
  const valid = isAgentId(newId) && shownName.trim() !== '';
  const submit = (): void => {
    if (!valid || copy.isPending) return;
    copy.mutate(
      { toServerId, id: newId, name: shownName.trim() },
      {
        onSuccess(made) {
          haptic('success');
          go(`/servers/${toServerId}/agents/${made.id}`, { replace: true });
        },
      },
    );
  };
  return (
    <Screen
      title={text.copyTitle}
      main={agent.data ? { text: text.submitCopy, press: submit, busy: copy.isPending, disabled: !valid } : undefined}
    >
      <Show query={servers}>
        {(all) => (
          <Choice
            legend={text.toServer}
            value={toServerId}
            onChange={setToServerId}
            options={all
              .filter(({ role }) => role !== 'viewer')
              .map((server) => ({
                value: server.id,
                label: server.name,
                help: server.id === id ? text.here : words.servers.states[server.state],
              }))}
          />
        )}
      </Show>
      <Field
        label={common.id}
        help={common.idHelp}
        problem={isAgentId(newId) ? undefined : common.idHelp}
        value={newId}
        dir="ltr"
        autoComplete="off"
        onChange={({ target }) => setNewId(target.value)}
      />
      <Field label={common.name} value={shownName} maxLength={64} autoComplete="off" onChange={({ target }) => setName(target.value)} />
      {copy.isError && <Failed error={copy.error} />}
      <p className="hint under">{text.copyTakes}</p>
      <Show query={files} empty={{ when: (all) => all.every(({ missing }) => missing), face: <p className="card hint">{text.noFiles}</p> }}>
        {(all) => (
          <List>
            {all
              .filter(({ missing }) => !missing)
              .map((file) => (
                <FactRow key={file.name} name={file.name}>
                  {file.size === null ? '' : bytes(file.size)}
                </FactRow>
              ))}
          </List>
        )}
      </Show>
    </Screen>
  );
}
