import { useState } from 'react';
import { useLocation } from 'wouter';
import type { Prereqs, Provider, SetupRun } from '@clawmoor/shared/setup.ts';
import { ApiError } from '../../api/client.ts';
import { useServer } from '../../api/server-queries.ts';
import { usePrereqs, useRunSetup } from '../../api/setup-queries.ts';
import { Choice, Field } from '../../ui/field.tsx';
import { Failed, Screen, StateWord, Waiting } from '../../ui/parts.tsx';
import { words } from '../../words/words.ts';

const text = words.setup;

interface Form {
  kind: Provider['kind'];
  baseUrl: string;
  model: string;
  apiKey: string;
  version: string;
  port: string;
}

export function Setup({ id }: { id: string }) {
  const server = useServer(id);
  const prereqs = usePrereqs(id);
  const run = useRunSetup(id);
  const [, go] = useLocation();
  const [form, setForm] = useState<Form>({ kind: 'none', baseUrl: '', model: '', apiKey: '', version: '', port: '' });
  const set = (change: Partial<Form>): void => setForm((before) => ({ ...before, ...change }));
  const body = bodyOf(form);
  const blocked = prereqs.data?.verdict === 'block';
  const start = (): void => {
    if (body)
      run.mutate(body, {
        onSuccess: ({ taskId }) => go(`/tasks/${taskId}`),
        onError: (error) => error instanceof ApiError && error.taskId !== undefined && go(`/tasks/${error.taskId}`),
      });
  };
  const openTask = server.data?.openTaskId;
  const main = openTask
    ? { text: words.servers.running, press: () => go(`/tasks/${openTask}`) }
    : { text: text.run, press: start, busy: run.isPending, disabled: !body || blocked || !prereqs.data };
  return (
    <Screen title={text.title} back={`/servers/${id}`} main={main}>
      <section className="card">
        <h2>{text.will}</h2>
        <ol>
          {text.willList.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ol>
      </section>
      <h2>{text.prereqs}</h2>
      {prereqs.isPending && (
        <>
          <p role="status" className="hint">
            {text.checking}
          </p>
          <Waiting rows={2} />
        </>
      )}
      {prereqs.isError && <Failed error={prereqs.error} retry={() => void prereqs.refetch()} />}
      {prereqs.data && <PrereqList prereqs={prereqs.data} />}
      {blocked && (
        <div className="notice bad" role="alert">
          <p>{text.blocked}</p>
          <button type="button" className="button plain" onClick={() => void prereqs.refetch()}>
            {words.app.retry}
          </button>
        </div>
      )}
      <ModelForm form={form} set={set} />
      <details>
        <summary>{text.advanced}</summary>
        <Field
          label={text.version}
          optional
          placeholder="latest"
          dir="ltr"
          value={form.version}
          onChange={({ target }) => set({ version: target.value })}
        />
        <Field
          label={text.port}
          optional
          inputMode="numeric"
          placeholder="18789"
          dir="ltr"
          value={form.port}
          onChange={({ target }) => set({ port: target.value })}
        />
      </details>
      {run.isError && <Failed error={run.error} retry={start} />}
    </Screen>
  );
}

function PrereqList({ prereqs }: { prereqs: Prereqs }) {
  const tones = { pass: 'good', warn: 'warn', block: 'bad' } as const;
  const notable = prereqs.items.filter(({ verdict }) => verdict !== 'pass');
  const fine = prereqs.items.filter(({ verdict }) => verdict === 'pass');
  return (
    <div className="card">
      {notable.map(({ key, verdict, value, message, fix }) => (
        <div key={key}>
          <StateWord tone={tones[verdict]}>
            {key}: {text.verdicts[verdict]}
          </StateWord>
          <p>
            {message} <span className="hint">({value})</span>
            {fix && <small className="hint">{fix}</small>}
          </p>
        </div>
      ))}
      <details>
        <summary>
          {fine.length} × {text.verdicts.pass}
        </summary>
        {fine.map(({ key, value, message }) => (
          <p key={key}>
            <StateWord tone="good">{key}</StateWord>{' '}
            <span className="hint">
              {value} · {message}
            </span>
          </p>
        ))}
      </details>
    </div>
  );
}

function ModelForm({ form, set }: { form: Form; set: (change: Partial<Form>) => void }) {
  const kinds = Object.entries(text.kinds) as [Provider['kind'], string][];
  return (
    <section>
      <Choice
        legend={text.model}
        value={form.kind}
        onChange={(kind) => set({ kind })}
        options={kinds.map(([value, label]) => ({ value, label }))}
      />
      {form.kind === 'openai-compatible' && (
        <Field
          label={text.baseUrl}
          placeholder="https://…/v1"
          inputMode="url"
          dir="ltr"
          value={form.baseUrl}
          onChange={({ target }) => set({ baseUrl: target.value })}
        />
      )}
      {form.kind !== 'none' && (
        <Field
          label={text.modelName}
          optional={form.kind === 'openai' || form.kind === 'anthropic'}
          dir="ltr"
          value={form.model}
          onChange={({ target }) => set({ model: target.value })}
        />
      )}
      {form.kind !== 'none' && form.kind !== 'ollama' && (
        <Field
          label={text.apiKey}
          help={text.apiKeyHelp}
          type="password"
          autoComplete="off"
          optional={form.kind === 'openai-compatible'}
          dir="ltr"
          value={form.apiKey}
          onChange={({ target }) => set({ apiKey: target.value })}
        />
      )}
    </section>
  );
}

/** `undefined` while something that the chosen kind needs is missing. */
function bodyOf({ kind, baseUrl, model, apiKey, version, port }: Form): SetupRun | undefined {
  const needs = {
    none: true,
    'openai-compatible': /^https?:\/\/\S+$/.test(baseUrl) && model !== '',
    openai: apiKey !== '',
    anthropic: apiKey !== '',
    ollama: model !== '',
  }[kind];
  const portNumber = port === '' ? undefined : Number(port);
  if (!needs || (portNumber !== undefined && !(Number.isInteger(portNumber) && portNumber > 0 && portNumber < 65_536))) return undefined;
  const provider: Provider = {
    kind,
    ...(kind === 'openai-compatible' && { baseUrl }),
    ...(kind !== 'none' && model !== '' && { model }),
    ...(kind !== 'none' && kind !== 'ollama' && apiKey !== '' && { apiKey }),
  };
  return { provider, ...(version !== '' && { version }), ...(portNumber !== undefined && { port: portNumber }) };
}
