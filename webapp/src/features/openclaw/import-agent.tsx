import { useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { MOST_ARCHIVE_BYTES, type ArchivePreview } from '@clawmoor/shared/openclaw-agents.ts';
import { useImportAgent, usePreviewImport } from '../../api/agent-queries.ts';
import { useAgents } from '../../api/openclaw-queries.ts';
import { haptic, useClosingConfirmation } from '../../telegram/controls.ts';
import { base64Of } from '../../ui/base64.ts';
import { bytes } from '../../ui/bytes.ts';
import { Field } from '../../ui/field.tsx';
import { FactRow, List } from '../../ui/list.tsx';
import { Failed, Waiting } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { agent as text } from '../../words/en/agent.ts';
import { agents as common } from '../../words/en/agents.ts';
import { dateTime, fill, plural } from '../../words/words.ts';
import { freeId, isAgentId } from './agent-id.ts';

/** An agent from the file that was saved of one: first what it holds, then a new id where that one is taken. */
export function ImportAgent({ id }: { id: string }) {
  const [archive, setArchive] = useState<string>();
  const [form, setForm] = useState({ id: '', name: '' });
  const [problem, setProblem] = useState<string>();
  const preview = usePreviewImport(id);
  const create = useImportAgent(id);
  const agents = useAgents(id);
  const taken = (agents.data ?? []).map((agent) => agent.id);
  const [, go] = useLocation();
  useClosingConfirmation(archive !== undefined && !create.isSuccess);
  const choose = async (file: File): Promise<void> => {
    setProblem(undefined);
    setArchive(undefined);
    create.reset();
    if (file.size > MOST_ARCHIVE_BYTES) return setProblem(fill(text.tooLarge, { size: bytes(MOST_ARCHIVE_BYTES) }));
    const content = await base64Of(file).catch(() => undefined);
    if (content === undefined || content === '') return setProblem(text.unreadable);
    preview.mutate(content, {
      onSuccess(found) {
        setArchive(content);
        setForm({ id: found.exists ? freeId(found.agent.id, taken) : found.agent.id, name: found.agent.name });
      },
    });
  };
  const found = archive === undefined ? undefined : preview.data;
  const isTaken = taken.includes(form.id) || (found?.exists === true && form.id === found.agent.id);
  const valid = isAgentId(form.id) && !isTaken && form.name.trim() !== '';
  const submit = (): void => {
    if (archive === undefined || !valid || create.isPending) return;
    create.mutate(
      { archive, id: form.id, name: form.name.trim() },
      {
        onSuccess(made) {
          haptic('success');
          go(`/servers/${id}/agents/${made.id}`, { replace: true });
        },
      },
    );
  };
  return (
    <Screen
      title={text.importTitle}
      main={found ? { text: text.submitImport, press: submit, busy: create.isPending, disabled: !valid } : undefined}
    >
      {!found && !preview.isPending && <p className="card">{text.importHelp}</p>}
      {problem !== undefined && (
        <p className="notice bad" role="alert">
          {problem}
        </p>
      )}
      {preview.isError && <Failed error={preview.error} />}
      {preview.isPending && <Waiting rows={2} />}
      {found && (
        <>
          <Preview found={found} />
          <Field
            label={common.id}
            help={common.idHelp}
            problem={isTaken ? text.exists : form.id !== '' && !isAgentId(form.id) ? common.idHelp : undefined}
            value={form.id}
            dir="ltr"
            autoComplete="off"
            onChange={({ target }) => setForm({ ...form, id: target.value })}
          />
          <Field
            label={common.name}
            value={form.name}
            maxLength={64}
            autoComplete="off"
            onChange={({ target }) => setForm({ ...form, name: target.value })}
          />
        </>
      )}
      {create.isError && <Failed error={create.error} />}
      <PickFile again={found !== undefined} busy={preview.isPending} choose={(file) => void choose(file)} />
    </Screen>
  );
}

function PickFile({ again, busy, choose }: { again: boolean; busy: boolean; choose: (file: File) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        accept=".gz,.tgz,application/gzip"
        hidden
        aria-label={text.pick}
        onChange={({ target }) => {
          const file = target.files?.[0];
          // The same file may be chosen again, once it was mended.
          target.value = '';
          if (file) choose(file);
        }}
      />
      <button type="button" className={again ? 'button plain wide' : 'button wide'} disabled={busy} onClick={() => input.current?.click()}>
        {again ? text.pickAnother : text.pick}
      </button>
    </>
  );
}

function Preview({ found: { agent, files, skipped, exportedAt, modelKnown } }: { found: ArchivePreview }) {
  return (
    <>
      <h2>{text.holds}</h2>
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
              {plural(text.fileCount, files.length)}
              {exportedAt !== null && ` · ${fill(text.exportedAt, { time: dateTime(exportedAt) })}`}
            </small>
          </span>
        </li>
        {files.map(({ name, size }) => (
          <FactRow key={name} name={name}>
            {bytes(size)}
          </FactRow>
        ))}
      </List>
      {!modelKnown && agent.model !== null && <p className="notice warn">{fill(text.modelUnknown, { model: agent.model })}</p>}
      {skipped.length > 0 && (
        <details className="card">
          <summary>{text.skipped}</summary>
          <ul>
            {skipped.map(({ name, why }) => (
              <li key={name}>
                <bdi dir="ltr">{name}</bdi>: {why}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
