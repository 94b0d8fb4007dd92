import { useState } from 'react';
import type { RagConfigure, RagConnection } from '@clawmoor/shared/rag-agents.ts';
import { useOllama } from '../../api/ollama-queries.ts';
import { useConfigure } from '../../api/rag-queries.ts';
import { haptic, hideKeyboard, useClosingConfirmation } from '../../telegram/controls.ts';
import { Choice, Field } from '../../ui/field.tsx';
import { LinkRow, List } from '../../ui/list.tsx';
import { Failed, Waiting } from '../../ui/parts.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { ragCollection as text } from '../../words/en/rag-collection.ts';
import { embeddingOf, startOf, wrongIn, type EmbeddingChoice } from './embedding-choice.ts';

const PROVIDERS = ['ollama', 'openai-compatible', 'none'] as const;

/** How a collection finds and cuts. With `before` it is changed, without it begun. */
export function EmbeddingForm({ id, agentId, before }: { id: string; agentId: string; before: RagConnection | undefined }) {
  const ollama = useOllama(id);
  if (ollama.isPending) return <Waiting rows={2} />;
  const models = (ollama.data?.models ?? []).filter(({ embedding }) => embedding).map(({ name }) => name.replace(/:latest$/, ''));
  return <Form id={id} agentId={agentId} before={before} models={models} ollamaUrl={ollama.data?.baseUrl} />;
}

interface FormProps {
  id: string;
  agentId: string;
  before: RagConnection | undefined;
  /** Those for documents that are on the server. */
  models: readonly string[];
  ollamaUrl: string | undefined;
}

function Form({ id, agentId, before, models, ollamaUrl }: FormProps) {
  const configure = useConfigure(id, agentId);
  const [start] = useState(() => startOf(before, models));
  const [form, setForm] = useState<EmbeddingChoice>(start);
  const change = (part: Partial<EmbeddingChoice>): void => setForm({ ...form, ...part });
  const wrong = wrongIn(form);
  const changed = JSON.stringify(form) !== JSON.stringify(start);
  useClosingConfirmation(before !== undefined && changed && !configure.isSuccess);
  const submit = (): void => {
    hideKeyboard();
    if (wrong.incomplete || configure.isPending) return;
    configure.mutate(embeddingOf(form, { before, ollamaUrl }) satisfies RagConfigure, { onSuccess: () => haptic('success') });
  };
  const options = [...new Set([...models, ...(form.provider === 'ollama' && form.model !== '' ? [form.model] : [])])];
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Choice
        legend={text.embedding}
        value={form.provider}
        onChange={(provider) => change({ provider, model: provider === 'ollama' ? (models[0] ?? '') : '' })}
        options={PROVIDERS.map((value) => ({ value, label: text.providers[value], help: text.providerHelp[value] }))}
      />
      {form.provider === 'ollama' &&
        (options.length === 0 ? (
          <>
            <p className="notice warn">{text.noModel}</p>
            <List>
              <LinkRow href={`/servers/${id}/ollama`} icon="server">
                {text.getModel}
              </LinkRow>
            </List>
          </>
        ) : (
          <SelectField
            label={text.model}
            value={form.model}
            options={options.map((value) => ({ value, label: value }))}
            onChange={(model) => change({ model })}
          />
        ))}
      {form.provider === 'openai-compatible' && <ServiceFields form={form} before={before} change={change} />}
      {before && <Cutting form={form} change={change} problem={wrong.chunk ? text.chunkWrong : undefined} />}
      {configure.isError && <Failed error={configure.error} />}
      {configure.isSuccess && <p role="status">{configure.data.taskId === null ? text.saved : text.savedTask}</p>}
      <button
        type="submit"
        className="button wide"
        disabled={wrong.incomplete || configure.isPending || (before !== undefined && !changed)}
        aria-busy={configure.isPending}
      >
        {before ? text.save : text.begin}
      </button>
    </form>
  );
}

interface PartProps {
  form: EmbeddingChoice;
  change: (part: Partial<EmbeddingChoice>) => void;
}

function ServiceFields({ form, before, change }: PartProps & { before: RagConnection | undefined }) {
  const stored = before?.embedding.hasApiKey === true && before.embedding.baseUrl === form.baseUrl;
  const badAddress = form.baseUrl !== '' && !/^https?:\/\/\S+$/.test(form.baseUrl);
  return (
    <>
      <Field
        label={text.address}
        help={text.addressHelp}
        problem={badAddress ? text.addressWrong : undefined}
        type="url"
        inputMode="url"
        dir="ltr"
        maxLength={500}
        value={form.baseUrl}
        onChange={({ target }) => change({ baseUrl: target.value.trim() })}
      />
      <Field label={text.model} dir="ltr" maxLength={200} value={form.model} onChange={({ target }) => change({ model: target.value })} />
      <Field
        label={text.apiKey}
        help={stored ? text.apiKeyStored : text.apiKeyHelp}
        optional
        type="password"
        autoComplete="off"
        dir="ltr"
        maxLength={1_000}
        value={form.apiKey}
        onChange={({ target }) => change({ apiKey: target.value })}
      />
    </>
  );
}

function Cutting({ form, change, problem }: PartProps & { problem: string | undefined }) {
  return (
    <details className="card">
      <summary>{text.cutting}</summary>
      <Field
        label={text.chunkSize}
        problem={problem}
        inputMode="numeric"
        value={form.size}
        onChange={({ target }) => change({ size: target.value.trim() })}
      />
      <Field
        label={text.chunkOverlap}
        inputMode="numeric"
        value={form.overlap}
        onChange={({ target }) => change({ overlap: target.value.trim() })}
      />
    </details>
  );
}
