import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { NewAgent } from '@clawmoor/shared/openclaw.ts';
import { ApiError } from '../../api/client.ts';
import { useAgents, useCreateAgent } from '../../api/openclaw-queries.ts';
import { useServer } from '../../api/server-queries.ts';
import { haptic } from '../../telegram/controls.ts';
import { Field } from '../../ui/field.tsx';
import { LinkRow, List } from '../../ui/list.tsx';
import { EmptyState, Failed, Show } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { agent } from '../../words/en/agent.ts';
import { agents as text } from '../../words/en/agents.ts';
import { words } from '../../words/words.ts';
import { isAgentId } from './agent-id.ts';

export function Agents({ id }: { id: string }) {
  const server = useServer(id);
  const agents = useAgents(id);
  const [creating, setCreating] = useState(false);
  const mayCreate = server.data !== undefined && server.data.role !== 'viewer' && agents.data !== undefined;
  return (
    <Screen title={text.title} main={mayCreate && !creating ? { text: text.create, press: () => setCreating(true) } : undefined}>
      {creating && <CreateAgent serverId={id} close={() => setCreating(false)} />}
      <Show query={agents} empty={{ when: (all) => all.length === 0, face: <EmptyState title={text.empty}>{text.emptyHelp}</EmptyState> }}>
        {(all) => (
          <List>
            {all.map(({ id: agentId, name, model, emoji, isDefault }) => (
              <LinkRow
                key={agentId}
                href={`/servers/${id}/agents/${agentId}`}
                emoji={emoji ?? '🤖'}
                end={isDefault && <span className="tag">{text.isDefault}</span>}
              >
                <strong>
                  <bdi>{name}</bdi>
                </strong>
                <small>
                  <bdi dir="ltr">{agentId}</bdi> {model !== null && <bdi dir="ltr">· {model}</bdi>}
                </small>
              </LinkRow>
            ))}
          </List>
        )}
      </Show>
      {mayCreate && !creating && (
        <Link href={`/servers/${id}/import-agent`} className="button plain wide">
          {agent.import}
        </Link>
      )}
    </Screen>
  );
}

function CreateAgent({ serverId, close }: { serverId: string; close: () => void }) {
  const [form, setForm] = useState({ id: '', name: '', model: '' });
  const create = useCreateAgent(serverId);
  const [, go] = useLocation();
  const valid = isAgentId(form.id);
  const submit = (): void => {
    const body: NewAgent = {
      id: form.id,
      ...(form.name.trim() !== '' && { name: form.name.trim() }),
      ...(form.model.trim() !== '' && { model: form.model.trim() }),
    };
    create.mutate(body, {
      onSuccess: (made) => {
        haptic('success');
        go(`/servers/${serverId}/agents/${made.id}`);
      },
    });
  };
  const problem = create.error instanceof ApiError ? create.error.issues.find(({ path }) => path === 'id')?.message : undefined;
  return (
    <form
      className="card"
      onSubmit={(event) => {
        event.preventDefault();
        if (valid) submit();
      }}
    >
      <Field
        label={text.id}
        help={text.idHelp}
        problem={form.id !== '' && !valid ? text.idHelp : problem}
        value={form.id}
        dir="ltr"
        autoComplete="off"
        onChange={({ target }) => setForm({ ...form, id: target.value })}
      />
      <Field
        label={text.name}
        optional
        value={form.name}
        maxLength={64}
        onChange={({ target }) => setForm({ ...form, name: target.value })}
      />
      <Field
        label={text.model}
        optional
        value={form.model}
        dir="ltr"
        onChange={({ target }) => setForm({ ...form, model: target.value })}
      />
      {create.isError && <Failed error={create.error} />}
      <div className="actions">
        <button type="button" className="button plain" onClick={close} disabled={create.isPending}>
          {words.app.cancel}
        </button>
        <button type="submit" className="button" disabled={!valid || create.isPending}>
          {create.isPending ? text.creating : text.submit}
        </button>
      </div>
    </form>
  );
}
