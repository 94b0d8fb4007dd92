import { useState } from 'react';
import type { AgentChange } from '@clawmoor/shared/openclaw-agents.ts';
import type { Agent } from '@clawmoor/shared/openclaw.ts';
import { useChangeAgent, useModels } from '../../api/agent-queries.ts';
import { ApiError } from '../../api/client.ts';
import { haptic, useClosingConfirmation } from '../../telegram/controls.ts';
import { Field } from '../../ui/field.tsx';
import { Failed, Waiting } from '../../ui/parts.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { Sheet, type SheetHandle } from '../../ui/sheet.tsx';
import { agent as text } from '../../words/en/agent.ts';
import { agents as common } from '../../words/en/agents.ts';
import { words } from '../../words/words.ts';

interface EditProps {
  serverId: string;
  agent: Agent;
  sheet: SheetHandle;
}

/** Name, sign and model of an agent. */
export const EditAgent = (props: EditProps) => (
  <Sheet sheet={props.sheet} title={text.change}>
    <Form {...props} />
  </Sheet>
);

function Form({ serverId, agent, sheet }: EditProps) {
  const [form, setForm] = useState({ name: agent.name, emoji: agent.emoji ?? '', model: agent.model ?? '' });
  const change = useChangeAgent(serverId, agent.id);
  const wanted: AgentChange = {
    ...(form.name.trim() !== agent.name && { name: form.name.trim() }),
    ...(form.emoji.trim() !== (agent.emoji ?? '') && { emoji: form.emoji.trim() }),
    ...(form.model.trim() !== (agent.model ?? '') && { model: form.model.trim() === '' ? null : form.model.trim() }),
  };
  const differs = Object.keys(wanted).length > 0;
  const valid = form.name.trim() !== '' && wanted.emoji !== '';
  useClosingConfirmation(differs && !change.isSuccess);
  const problemAt = (path: string): string | undefined =>
    change.error instanceof ApiError ? change.error.issues.find((issue) => issue.path === path)?.message : undefined;
  const saved = (): void => {
    haptic('success');
    void sheet.hide();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!differs) return saved();
        if (valid && !change.isPending) change.mutate(wanted, { onSuccess: saved });
      }}
    >
      <Field
        label={common.name}
        value={form.name}
        maxLength={64}
        autoComplete="off"
        problem={problemAt('name')}
        onChange={({ target }) => setForm({ ...form, name: target.value })}
      />
      <Field
        label={text.emoji}
        help={text.emojiHelp}
        value={form.emoji}
        maxLength={16}
        autoComplete="off"
        optional={agent.emoji === null}
        problem={problemAt('emoji')}
        onChange={({ target }) => setForm({ ...form, emoji: target.value })}
      />
      <ModelField serverId={serverId} value={form.model} onChange={(model) => setForm({ ...form, model })} />
      {change.isError && <Failed error={change.error} />}
      <div className="actions">
        <button type="button" className="button plain" onClick={() => void sheet.hide()}>
          {words.app.cancel}
        </button>
        <button type="submit" className="button" disabled={!valid || change.isPending} aria-busy={change.isPending}>
          {text.save}
        </button>
      </div>
    </form>
  );
}

/** What the gateway lists; a word of one's own where it cannot say. */
function ModelField({ serverId, value, onChange }: { serverId: string; value: string; onChange: (model: string) => void }) {
  const models = useModels(serverId);
  if (models.isPending) return <Waiting rows={1} />;
  if (!models.data)
    return (
      <Field label={common.model} help={text.modelsFailed} value={value} dir="ltr" onChange={({ target }) => onChange(target.value)} />
    );
  const known = models.data.map(({ id }) => id);
  const options = [...new Set([...known, ...(value === '' ? [] : [value])])].map((id) => ({ value: id, label: id }));
  return (
    <SelectField
      label={common.model}
      help={text.modelHelp}
      value={value}
      options={[{ value: '', label: text.defaultModel }, ...options]}
      onChange={onChange}
    />
  );
}
